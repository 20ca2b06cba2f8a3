import { expect } from 'chai'
import { createScreenTree, type ScreenTree } from '../../../ui/terminal/screen-tree.ts'
import { loadToolkit, type Toolkit } from '../../../ui/terminal/toolkit.ts'
import { row } from '../../../ui/view/render/row.ts'
import type { Frame, FrameElement, Input } from '../../../ui/view/types.ts'

const SIZE = { columns: 40, rows: 6 }
const LISTENED = ['uncaughtException', 'SIGTERM', 'SIGINT', 'SIGQUIT', 'exit'] as const

const element = (
  id: string,
  [x, y, columns, rows]: readonly [number, number, number, number],
  type: FrameElement['type'] = 'pane',
): FrameElement => ({
  id,
  type,
  rect: { x, y, columns, rows },
  render: (size) => ({
    rows: Array.from({ length: size.rows }, () => row(id.repeat(size.columns))),
    caret: { x: 1, y: 0 },
  }),
})

const frameOf = (focus: string, ...elements: readonly FrameElement[]): Frame => ({
  size: SIZE,
  elements,
  focus,
  title: '',
})

const KEY: Input = { type: 'key', key: { name: 'x', ctrl: true, alt: false, shift: false } }
const click = (x: number, y: number): Input => ({
  type: 'mouse',
  action: 'press',
  button: 'left',
  x,
  y,
  part: null,
})

for (const name of ['blessed', 'neo-blessed'] as const) {
  describe(`The screen on ${name}`, () => {
    let toolkit: Toolkit
    let inputs: Input[]
    let tree: ScreenTree
    const open = (using: Toolkit): ScreenTree => {
      inputs = []
      tree = createScreenTree({
        toolkit: using,
        colors: 'none',
        size: SIZE,
        onInput: (input) => inputs.push(input),
      })
      return tree
    }
    /** The element that gets a click there. */
    const partAt = (x: number, y: number): string | null => {
      inputs = []
      tree.handle(click(x, y))
      const [input] = inputs
      return input?.type === 'mouse' ? input.part : null
    }
    before(async () => {
      toolkit = await loadToolkit(name)
    })
    beforeEach(() => open(toolkit))
    afterEach(() => tree.close())

    it('draws nothing without the toolkit’s tree', () => {
      tree.close()
      const Box = class extends toolkit.Box {
        override _getCoords(): undefined {}
      }
      open({ ...toolkit, Box })
      tree.render(frameOf('a', element('a', [0, 0, 4, 2])))
      expect(tree.text().join('')).to.equal('')
      tree.close()
      const Screen = class extends toolkit.Screen {
        override render(): void {}
      }
      open({ ...toolkit, Screen })
      expect(tree.render(frameOf('a', element('a', [0, 0, 4, 2])))).to.equal('')
    })

    it('shows later elements over earlier ones, and what was under one that has gone', () => {
      const under = element('a', [0, 0, 6, 2])
      tree.render(frameOf('a', under, element('b', [2, 0, 2, 1])))
      expect(tree.text().slice(0, 2)).to.deep.equal(['aa_bb_aa'.replaceAll('_', ''), 'aaaaaa'])
      tree.render(frameOf('a', under))
      expect(tree.text().slice(0, 2)).to.deep.equal(['aaaaaa', 'aaaaaa'])
      tree.render(frameOf('a', element('b', [2, 0, 2, 1]), under))
      expect(tree.text()[0]).to.equal('aaaaaa')
      tree.render(frameOf('a', element('a', [1, 1, 3, 1])))
      expect(tree.text().slice(0, 2)).to.deep.equal(['', ' aaa'])
    })

    it('cuts a row at the columns that its element has now', () => {
      const rows = [row('abcdef')]
      const narrowing = (columns: number): FrameElement => ({
        ...element('a', [0, 0, columns, 1]),
        render: () => ({ rows }),
      })
      tree.render(frameOf('a', narrowing(6)))
      tree.render(frameOf('a', narrowing(3)))
      expect(tree.text()[0]).to.equal('abc')
    })

    it('asks an element for rows of the size that the toolkit gives it', () => {
      const sizes: unknown[] = []
      const asking: FrameElement = {
        ...element('a', [3, 1, 9, 4]),
        render(size) {
          sizes.push(size)
          return { rows: [] }
        },
      }
      tree.render(frameOf('a', asking))
      expect(sizes).to.deep.equal([{ columns: 9, rows: 4 }])
    })

    it('routes a click to the topmost element that takes clicks', () => {
      tree.render(
        frameOf(
          'a',
          element('a', [0, 0, 10, 6]),
          element('b', [10, 0, 10, 6]),
          element('s', [9, 0, 2, 6], 'separator'),
          element('p', [5, 2, 10, 2], 'popup'),
        ),
      )
      expect([
        partAt(0, 0),
        partAt(19, 5),
        partAt(9, 0),
        partAt(6, 2),
        partAt(14, 3),
      ]).to.deep.equal(['a', 'b', 'a', 'p', 'p'])
      expect([partAt(20, 0), partAt(0, 6), partAt(-1, 0)]).to.deep.equal([null, null, null])
      tree.render(frameOf('a', element('a', [0, 0, 10, 6])))
      expect([partAt(6, 2), partAt(14, 3)]).to.deep.equal(['a', null])
    })

    it('routes keys, text and pastes to the element with the focus, each once and unchanged', () => {
      const typed: readonly Input[] = [
        KEY,
        { type: 'key', key: { name: 'enter', ctrl: false, alt: true, shift: true } },
        { type: 'text', text: 'é' },
        { type: 'text', text: 'undefined' },
        { type: 'paste', text: 'two\nlines' },
      ]
      tree.render(frameOf('b', element('a', [0, 0, 4, 1]), element('b', [4, 0, 4, 1])))
      for (const input of typed) tree.handle(input)
      expect(inputs).to.deep.equal(typed)
    })

    it('routes keys to the focus where the screen has no room for it', () => {
      tree.render(frameOf('composer', element('a', [0, 0, 4, 1])))
      tree.handle(KEY)
      expect(inputs).to.deep.equal([KEY])
    })

    it('loses no key that is typed before the first frame', () => {
      tree.handle(KEY)
      expect(inputs).to.deep.equal([KEY])
    })

    it('reports the focus of the terminal, and a new size after it has laid out its lines', () => {
      tree.handle({ type: 'focus', focused: false })
      tree.resize({ columns: 9, rows: 2 })
      tree.resize({ columns: 9, rows: 2 })
      expect(inputs).to.deep.equal([
        { type: 'focus', focused: false },
        { type: 'resize', size: { columns: 9, rows: 2 } },
      ])
      expect(tree.text()).to.have.length(2)
    })

    it('shows the caret of the element with the focus only', () => {
      const both = [element('a', [0, 0, 4, 1]), element('b', [4, 2, 4, 1])]
      tree.render(frameOf('b', ...both))
      expect(tree.caret).to.deep.equal({ x: 5, y: 2 })
      tree.render(frameOf('a', ...both))
      expect(tree.caret).to.deep.equal({ x: 1, y: 0 })
      tree.render(frameOf('nowhere', ...both))
      expect(tree.caret).to.equal(null)
    })

    it('gives a dialog the focus while it is open, and the store’s focus its keys after it', () => {
      const pane = element('a', [0, 0, 4, 1])
      tree.render(frameOf('a', pane))
      tree.render(frameOf('dialog', pane, element('dialog', [1, 0, 2, 1], 'dialog')))
      expect(tree.caret).to.deep.equal({ x: 2, y: 0 })
      expect(tree.text()[0]).to.match(/^a.ia$/)
      tree.render(frameOf('a', pane))
      expect(tree.caret).to.deep.equal({ x: 1, y: 0 })
      tree.handle(KEY)
      expect(inputs).to.deep.equal([KEY])
    })

    it('writes nothing for a frame like the one before, and all after it forgot', () => {
      const frame = (): Frame => frameOf('a', element('a', [0, 0, 4, 1]))
      const first = tree.render(frame())
      expect(tree.render(frame())).to.equal('')
      tree.forget()
      expect(tree.render(frame())).to.equal(first)
    })
  })

  describe(`The process around the screen on ${name}`, () => {
    it('keeps its own listeners, also those that run once', async () => {
      const ended = (): void => {}
      process.once('exit', ended)
      try {
        const before = process.rawListeners('exit')
        const using = await loadToolkit(name)
        createScreenTree({ toolkit: using, colors: 'none', size: SIZE, onInput: () => {} }).close()
        expect(process.rawListeners('exit')).to.deep.equal(before)
      } finally {
        process.off('exit', ended)
      }
    })

    it('has no listener and no variable changed by the toolkit', async () => {
      const toolkit = await loadToolkit(name)
      const before = LISTENED.map((event) => process.listenerCount(event))
      const { TMUX } = process.env
      process.env['TMUX'] = '/tmp/tmux-0/default,1,0'
      const tree = createScreenTree({ toolkit, colors: 'none', size: SIZE, onInput: () => {} })
      expect(process.env['TMUX']).to.equal('/tmp/tmux-0/default,1,0')
      if (TMUX === undefined) delete process.env['TMUX']
      else process.env['TMUX'] = TMUX
      expect(LISTENED.map((event) => process.listenerCount(event))).to.deep.equal(before)
      tree.close()
      expect(LISTENED.map((event) => process.listenerCount(event))).to.deep.equal(before)
    })
  })
}

import { expect } from 'chai'
import { handleInput } from '../../../ui/input/input-router.ts'
import { EMPTY_EDITOR } from '../../../ui/state/editor.ts'
import { createRootStore } from '../../support/root-store.ts'

function setUp() {
  const root = createRootStore()
  const scrolled: string[] = []
  const keys: string[] = []
  const ports = {
    root,
    keys: ({ type }: { type: string }) => void keys.push(type),
    scroll: (pane: string, rows: number) => void scrolled.push(`${pane} ${rows}`),
    scrollOverlay: (rows: number) => void scrolled.push(`dialog ${rows}`),
  }
  const mouse = (action: 'press' | 'wheelUp' | 'wheelDown', part: string | null): void =>
    handleInput({ type: 'mouse', action, part, x: 0, y: 0 } as never, ports)
  return { root, scrolled, keys, mouse, ports }
}

describe('The mouse', () => {
  it('focuses the pane that is clicked, except the status line', () => {
    const { root, mouse } = setUp()
    mouse('press', 'memory')
    expect(root.state.workbench.focus).to.equal('memory')
    mouse('press', 'status')
    mouse('press', null)
    expect(root.state.workbench.focus).to.equal('memory')
  })

  it('scrolls the pane under it with the wheel, without focusing it', () => {
    const { root, mouse, scrolled } = setUp()
    mouse('wheelUp', 'conversation')
    mouse('wheelDown', 'skills')
    expect(scrolled).to.deep.equal(['conversation -3', 'skills 3'])
    expect(root.state.workbench.focus).to.equal('composer')
  })

  it('scrolls an open dialog, and does nothing to the panes below it', () => {
    const { root, mouse, scrolled } = setUp()
    root.dispatch({
      type: 'overlay.opened',
      overlay: { type: 'help', query: EMPTY_EDITOR, scroll: 0 },
    })
    mouse('press', 'memory')
    mouse('wheelDown', 'conversation')
    mouse('wheelUp', null)
    expect([root.state.workbench.focus, scrolled]).to.deep.equal([
      'composer',
      ['dialog 3', 'dialog -3'],
    ])
  })
})

describe('A key', () => {
  it('clears the flash before it is handled', () => {
    const { root, keys, ports } = setUp()
    root.dispatch({ type: 'flash.shown', level: 'info', text: 'Saved.' })
    handleInput({ type: 'text', text: 'x' }, ports)
    expect([root.state.workbench.flash, keys]).to.deep.equal([null, ['text']])
  })
})

import { expect } from 'chai'
import { createKeyDispatcher } from '../../../ui/input/key-dispatch.ts'
import { parseKeymap } from '../../../ui/input/keymap.ts'
import { createRootStore } from '../../support/root-store.ts'

const BINDINGS = {
  global: { 'ctrl+x o': 'focus.next', 'ctrl+x ctrl+c': 'app.quit' },
  text: { 'ctrl+a': 'text.lineStart' },
}

/** What the keys do while a message is written. */
function writing() {
  const root = createRootStore()
  const commands = [BINDINGS.global, BINDINGS.text].flatMap((one) => Object.values(one))
  const { keymap } = parseKeymap({ bindings: BINDINGS }, 'mine', () => ({}), commands)
  const done: string[] = []
  const begun: unknown[] = []
  const input = createKeyDispatcher({
    keymap,
    state: () => root.state,
    run: (command) => void done.push(command),
    type: (text) => void done.push(`type ${text}`),
    begin: (strokes, next) => void begun.push([strokes, next]),
  })
  return {
    done,
    begun,
    ctrl: (name: string) =>
      input({ type: 'key', key: { name, ctrl: true, alt: false, shift: false } }),
    text: (text: string) => input({ type: 'text', text }),
  }
}

describe('A binding of several keys', () => {
  it('shows what may follow its first key', () => {
    const { begun, ctrl } = writing()
    ctrl('x')
    expect(begun).to.deep.equal([
      [
        ['ctrl+x'],
        [
          ['o', 'focus.next'],
          ['ctrl+c', 'app.quit'],
        ],
      ],
    ])
  })

  it('works where text is written, and what follows it is typed', () => {
    const { done, ctrl, text } = writing()
    ctrl('x')
    text('over')
    expect(done).to.deep.equal(['focus.next', 'type ver'])
  })

  it('that is not completed types the character', () => {
    const { done, ctrl, text } = writing()
    ctrl('x')
    text('p')
    text('o')
    ctrl('a')
    expect(done).to.deep.equal(['type p', 'type o', 'text.lineStart'])
  })
})

describe('A text that was not typed', () => {
  const BINDINGS = {
    conversation: { y: 'approval.approve', i: 'focus.composer' },
    text: { enter: 'composer.send' },
  }

  function open() {
    const root = createRootStore()
    const commands = [BINDINGS.conversation, BINDINGS.text].flatMap((one) => Object.values(one))
    const { keymap } = parseKeymap({ bindings: BINDINGS }, 'mine', () => ({}), commands)
    const done: string[] = []
    const input = createKeyDispatcher({
      keymap,
      state: () => root.state,
      run(command) {
        done.push(command)
        if (command === 'focus.composer') root.dispatch({ type: 'focus.moved', to: 'composer' })
      },
      type: (text) => void done.push(`type ${text}`),
      refuse: (text) => void done.push(`refuse ${text}`),
    })
    const arrives = (text: string) => input({ type: 'text', text, atOnce: { entered: true } })
    return { root, done, input, arrives }
  }

  it('is entered where text is edited, and presses no key elsewhere', () => {
    const { root, done, input, arrives } = open()
    arrives('yes, all')
    root.dispatch({ type: 'focus.moved', to: 'conversation' })
    arrives('yes, all')
    input({ type: 'paste', text: 'y' })
    expect(done).to.deep.equal(['type yes, all', 'composer.send', 'refuse yes, all', 'refuse y'])
  })
  it('is entered after a key that only opens the text', () => {
    const { root, done, arrives } = open()
    root.dispatch({ type: 'focus.moved', to: 'conversation' })
    arrives('i look')
    expect(done).to.deep.equal(['focus.composer', 'type  look', 'composer.send'])
  })
})

import { expect } from 'chai'
import {
  formatStroke,
  type KeyContext,
  keyFor,
  parseKeymap,
  resolveKeys,
} from '../../../ui/input/keymap.ts'
import { unknownCommand } from '../../../ui/messages/config-files.ts'

const COMMANDS = ['app.quit', 'focus.next', 'scroll.top', 'turn.cancel']
const plain = { ctrl: false, alt: false, shift: false }

const parse = (json: unknown, lookup: (name: string) => unknown = () => ({})) =>
  parseKeymap(json, 'mine', lookup, COMMANDS)

describe('A keymap', () => {
  it('provides a key for a hint only where the key has this effect', () => {
    const bindings = {
      global: { escape: 'app.quit', tab: 'focus.next', 'g g': 'scroll.top', x: 'turn.cancel' },
      composer: { tab: 'scroll.top', g: 'app.quit' },
      memory: { escape: 'focus.next', q: 'app.quit' },
    }
    const { keymap } = parse({ bindings })
    const key = (contexts: readonly KeyContext[], command: string) =>
      keyFor(keymap, contexts, command)
    expect(key(['global'], 'focus.next')).to.equal('tab')
    expect(key(['composer', 'global'], 'focus.next')).to.equal(null)
    expect(key(['composer', 'global'], 'scroll.top')).to.equal('tab')
    expect(key(['memory', 'global'], 'app.quit')).to.equal('q')
    expect(key(['memory', 'global'], 'scroll.top')).to.equal('g g')
    expect(key(['composer', 'global'], 'turn.cancel')).to.equal('x')
  })

  it('resolves a key in the most specific context that binds it', () => {
    const { keymap } = parse({
      bindings: { global: { q: 'app.quit' }, memory: { q: 'focus.next' } },
    })
    expect(resolveKeys(keymap, ['memory', 'global'], ['q'])).to.deep.equal({
      type: 'command',
      command: 'focus.next',
    })
    expect(resolveKeys(keymap, ['skills', 'global'], ['q'])).to.deep.equal({
      type: 'command',
      command: 'app.quit',
    })
  })

  it('waits for the second key of a sequence', () => {
    const { keymap } = parse({ bindings: { conversation: { 'g g': 'scroll.top' } } })
    expect(resolveKeys(keymap, ['conversation'], ['g'])).to.deep.equal({ type: 'prefix' })
    expect(resolveKeys(keymap, ['conversation'], ['g', 'g'])).to.deep.equal({
      type: 'command',
      command: 'scroll.top',
    })
  })

  it('overrides the inherited keymap, and null removes a key', () => {
    const base = { bindings: { global: { q: 'app.quit', n: 'focus.next' } } }
    const { keymap } = parse(
      { inherits: 'default', bindings: { global: { q: null, x: 'app.quit' } } },
      () => base,
    )
    expect([...keymap.contexts.global]).to.deep.equal([
      ['n', 'focus.next'],
      ['x', 'app.quit'],
    ])
  })

  it('reports an unknown command with its position and a similar name, and uses the rest', () => {
    const { keymap, problems } = parse({
      bindings: { global: { q: 'app.qiut', n: 'focus.next' } },
    })
    expect(problems).to.deep.equal([unknownCommand('mine', 'global', 'q', 'app.qiut', COMMANDS)])
    expect([...keymap.contexts.global.keys()]).to.deep.equal(['n'])
  })

  it('reads modifiers in any order', () => {
    const { keymap } = parse({ bindings: { global: { 'shift+ctrl+left': 'focus.next' } } })
    const stroke = formatStroke({ ...plain, name: 'left', ctrl: true, shift: true })
    expect(resolveKeys(keymap, ['global'], [stroke])).to.deep.equal({
      type: 'command',
      command: 'focus.next',
    })
  })
})

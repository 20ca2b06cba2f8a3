import { expect } from 'chai'
import {
  CONTEXTS,
  formatStroke,
  type KeyContext,
  keyFor,
  parseKeymap,
  resolveKeys,
} from '../../../ui/input/keymap.ts'
import { quitKeyTaken, unknownKeyCommand } from '../../../ui/messages/config-files.ts'

const COMMANDS = [
  'app.quit',
  'app.interrupt',
  'app.quitWhenEmpty',
  'focus.next',
  'scroll.top',
  'turn.cancel',
]
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

  it('leads out by ctrl+c in every context, whatever it binds', () => {
    const taken = { 'ctrl+c': 'focus.next', 'ctrl+c x': 'focus.next' }
    for (const json of [
      { bindings: { global: taken, picker: taken, text: taken } },
      { bindings: { global: { 'ctrl+c': null, 'ctrl+d': null } } },
      { bindings: 5 },
      'nonsense',
      undefined,
    ]) {
      const { keymap, problems } = parse(json)
      for (const context of CONTEXTS) {
        const { type, ...found } = resolveKeys(keymap, [context, 'global'], ['ctrl+c'])
        expect([type, found]).to.deep.equal(['command', { command: 'app.interrupt' }])
      }
      expect(keymap.contexts.global.get('ctrl+d')).to.equal('app.quitWhenEmpty')
      const ignored = problems.filter((one) => one === quitKeyTaken('mine', 'picker', 'ctrl+c x'))
      expect(ignored).to.have.length(json === undefined || problems.length < 6 ? 0 : 1)
    }
  })

  it('may quit at once by ctrl+c, and use ctrl+d elsewhere', () => {
    const bindings = { global: { 'ctrl+c': 'app.quit' }, memory: { 'ctrl+d': 'scroll.top' } }
    const { keymap, problems } = parse({ bindings })
    expect(problems).to.deep.equal([])
    expect(keymap.contexts.global.get('ctrl+c')).to.equal('app.quit')
    expect(keymap.contexts.memory.get('ctrl+d')).to.equal('scroll.top')
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
    expect([...keymap.contexts.global].slice(0, 2)).to.deep.equal([
      ['n', 'focus.next'],
      ['x', 'app.quit'],
    ])
    expect(keymap.contexts.global.has('q')).to.equal(false)
  })

  it('reports an unknown command with its position and a similar name, and uses the rest', () => {
    const { keymap, problems } = parse({
      bindings: { global: { q: 'app.qiut', n: 'focus.next' } },
    })
    expect(problems).to.deep.equal([unknownKeyCommand('mine', 'global', 'q', 'app.qiut', COMMANDS)])
    expect(keymap.contexts.global.has('n')).to.equal(true)
    expect(keymap.contexts.global.has('q')).to.equal(false)
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

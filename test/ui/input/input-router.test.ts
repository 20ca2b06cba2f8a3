import { expect } from 'chai'
import { handleInput, typeText } from '../../../ui/input/input-router.ts'
import { createRootStore } from '../../support/root-store.ts'

function setUp() {
  const root = createRootStore()
  const keys: string[] = []
  const ports = {
    root,
    keys: ({ type }: { type: string }) => void keys.push(type),
    mouse: () => undefined,
  }
  return { root, keys, ports }
}

describe('A key', () => {
  it('clears the flash before it is handled', () => {
    const { root, keys, ports } = setUp()
    root.dispatch({ type: 'flash.shown', level: 'info', text: 'Saved.' })
    handleInput({ type: 'text', text: 'x' }, ports)
    expect([root.state.workbench.flash, keys]).to.deep.equal([null, ['text']])
  })
})

describe('A long text that is pasted without brackets', () => {
  it('is one paste, whatever the parts are in which it arrives', () => {
    const { root } = setUp()
    const part = 'a line of it\n'.repeat(100)
    typeText(root, 'See ', 0, new Map())
    typeText(root, part, 0, new Map())
    for (let more = 0; more < 300; more++) typeText(root, part, 0, new Map(), true)
    typeText(root, 'end', 0, new Map(), true)
    const { pastes, composer } = root.state.workbench
    expect(pastes.map(({ text }) => text)).to.deep.equal([`${part.repeat(301)}end`])
    expect(composer.text).to.equal(`See ${pastes[0]?.label}`)
  })

  it('is another paste when the message was edited meanwhile', () => {
    const { root } = setUp()
    const part = 'a line of it\n'.repeat(100)
    typeText(root, part, 0, new Map())
    typeText(root, 'x', 0, new Map())
    typeText(root, part.slice(5), 0, new Map(), true)
    expect(root.state.workbench.pastes).to.have.lengthOf(2)
  })
})

describe('A long text that is pasted in one line', () => {
  it('is not divided into words, to see whether they are dropped images', () => {
    const { root } = setUp()
    const text = 'words of a line without an end '.repeat(200_000)
    const { user } = process.cpuUsage()
    typeText(root, text, 0, new Map())
    expect((process.cpuUsage().user - user) / 1000).to.be.below(200)
    expect(root.state.workbench.pastes.map((paste) => paste.text)).to.deep.equal([text])
  })
})

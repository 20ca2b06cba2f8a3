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

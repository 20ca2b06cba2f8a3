import { expect } from 'chai'
import { handleInput } from '../../../ui/input/input-router.ts'
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

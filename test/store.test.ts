import { expect } from 'chai'
import { createStore } from '../lib/store.ts'

const counter = () => createStore(0, (count: number, step: number) => count + step)

describe('The store', () => {
  it('holds the state that the reducer returns and notifies each listener until it unsubscribes', () => {
    const store = counter()
    const seen: number[] = []
    const stop = store.subscribe((count) => seen.push(count))
    store.dispatch(2)
    stop()
    store.dispatch(3)
    expect({ state: store.state, seen }).to.deep.equal({ state: 5, seen: [2] })
  })

  it('resolves a wait at once when the state already has the value', async () => {
    expect(await counter().when((count) => (count === 0 ? 'zero' : undefined))).to.equal('zero')
  })

  it('resolves a wait when a later event brings the value', async () => {
    const store = counter()
    const waited = store.when((count) => (count > 2 ? count : undefined))
    store.dispatch(1)
    store.dispatch(2)
    store.dispatch(9)
    expect(await waited).to.equal(3)
  })

  it('rejects a wait with the reason of its signal', async () => {
    const abort = new AbortController()
    const waited = counter().when(() => undefined, abort.signal)
    abort.abort('enough')
    expect(await waited.catch((reason: unknown) => reason)).to.equal('enough')
  })
})

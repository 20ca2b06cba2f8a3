import { expect } from 'chai'
import type { TurnInput } from '../../lib/client/stream/stream.ts'
import { reduceSession } from '../../lib/session/reduce/session.ts'
import type { SessionContext } from '../../lib/session/session-context.ts'
import { emptySession } from '../../lib/session/state.ts'
import { createTurnQueue } from '../../lib/session/turn-queue.ts'
import { createStore } from '../../lib/store.ts'

const AGENT = { id: 'a', name: 'Ada', model: 'm', contextWindow: null, tools: [] }

/** A queue whose streams run until they are aborted, and whose cancellations are pending until `confirm` is called. */
function openQueue() {
  const store = createStore(emptySession('/p', 0), reduceSession)
  const streamed: string[] = []
  let cancels = 0
  let confirm = (): void => undefined
  const gateway = {
    type: 'embedded',
    async *stream(_: string, input: TurnInput, { signal }: { signal: AbortSignal }) {
      streamed.push(input.message?.text ?? '')
      yield* []
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    },
    cancel() {
      cancels++
      return new Promise<void>((resolve) => {
        confirm = resolve
      })
    },
  }
  let ids = 0
  const base = {
    store,
    gateway,
    options: { maxSteps: null },
    now: () => 0,
    newId: () => `id${++ids}`,
    notify: () => undefined,
  }
  const queue = createTurnQueue({ store, base, services: base } as unknown as SessionContext, {
    refresh: async () => undefined,
  })
  store.dispatch({ type: 'agent.opened', agent: AGENT })
  return { queue, store, streamed, cancels: () => cancels, confirm: () => confirm() }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('The queue of turns', () => {
  it('runs one turn at a time, and retains the other messages', async () => {
    const { queue, store, streamed } = openQueue()
    queue.send('one')
    queue.send('two')
    await settled()
    expect(streamed).to.deep.equal(['one'])
    expect(store.state.queue.map(({ text }) => text)).to.deep.equal(['two'])
  })

  it('sends the next message only when the server has confirmed the cancellation', async () => {
    const { queue, streamed, confirm } = openQueue()
    queue.send('one')
    await settled()
    queue.cancel()
    queue.send('two')
    await settled()
    expect(streamed).to.deep.equal(['one'])
    confirm()
    await settled()
    expect(streamed).to.deep.equal(['one', 'two'])
  })

  it('cancels a turn on the server once, however often it is asked to', async () => {
    const { queue, cancels } = openQueue()
    queue.send('one')
    await settled()
    queue.cancel()
    queue.cancel()
    expect(cancels()).to.equal(1)
  })
})

import { expect } from 'chai'
import type { Lease } from '../../lib/client/gateway/leases.ts'
import type { TurnInput } from '../../lib/client/stream/stream.ts'
import { reduceSession } from '../../lib/session/reduce/session.ts'
import type { SessionContext } from '../../lib/session/session-context.ts'
import { emptySession } from '../../lib/session/state/session-state.ts'
import { createTurnQueue } from '../../lib/session/turn-queue.ts'
import { createStore } from '../../lib/store.ts'
import { UserError } from '../../lib/util/user-error.ts'

const AGENT = { id: 'a', name: 'Ada', model: 'm', contextWindow: null, effort: null, tools: [] }

/** A queue whose streams run until they are aborted, or fail, and whose cancellations are pending until `confirm` is called. */
function openQueue({
  failure,
  holder = null,
}: {
  readonly failure?: UserError
  readonly holder?: Lease | null
} = {}) {
  const store = createStore(emptySession('/p', 0), reduceSession)
  const streamed: string[] = []
  let cancels = 0
  let confirm = (): void => undefined
  const turns = {
    async *stream(_: string, input: TurnInput, { signal }: { signal: AbortSignal }) {
      streamed.push(input.message?.text ?? '')
      yield* []
      if (failure !== undefined) throw failure
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    },
    cancel() {
      cancels++
      return new Promise<void>((resolve) => {
        confirm = resolve
      })
    },
  }
  const gateway = { type: 'embedded', turns }
  let ids = 0
  const base = {
    store,
    gateway,
    options: { maxSteps: null },
    now: () => 0,
    newId: () => `id${++ids}`,
    notify: () => undefined,
  }
  const leases = {
    read: async () => ({ lease: holder, pending: null }),
    hold: async () => null,
    release: async () => undefined,
  }
  const outbox = { keep: async () => {}, find: async () => null, confirm: async () => {} }
  const services = { ...base, leases, outbox }
  const context = { store, base, services, compaction: null } as unknown as SessionContext
  const queue = createTurnQueue(context, { refreshMemory: async () => {}, follow: async () => {} })
  store.dispatch({ type: 'agent.opened', agent: AGENT })
  return { queue, store, streamed, cancels: () => cancels, confirm: () => confirm() }
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve))
}

describe('The queue of turns', () => {
  it('runs one turn at a time, and retains the other messages', async () => {
    const { queue, store, streamed } = openQueue()
    queue.send('one')
    queue.send('two')
    await until(() => streamed.length > 0)
    expect(streamed).to.deep.equal(['one'])
    expect(store.state.queue.map(({ text }) => text)).to.deep.equal(['two'])
  })

  it('sends the next message only when the server has confirmed the cancellation', async () => {
    const { queue, store, streamed, confirm } = openQueue()
    queue.send('one')
    await until(() => streamed.length > 0)
    queue.cancel()
    queue.send('two')
    await until(() => store.state.turn.type === 'idle')
    expect(streamed).to.deep.equal(['one'])
    confirm()
    await until(() => streamed.length > 1)
    expect(streamed).to.deep.equal(['one', 'two'])
  })

  it('returns what was queued when the turn is cancelled', async () => {
    const { queue, store, streamed, confirm } = openQueue()
    const returned: string[] = []
    store.subscribe((_, { type }) => void returned.push(type))
    queue.send('one')
    queue.send('two')
    await until(() => streamed.length > 0)
    queue.cancel()
    expect(store.state.queue).to.deep.equal([])
    await until(() => store.state.turn.type === 'idle')
    confirm()
    await queue.idle()
    expect(streamed).to.deep.equal(['one'])
    expect(returned).to.include('queue.returned')
  })

  it('sends nothing after a turn that failed until it is asked to continue', async () => {
    const { queue, store, streamed } = openQueue({
      failure: new UserError('No route to the server.'),
    })
    queue.send('one')
    queue.send('two')
    await queue.idle()
    expect(streamed).to.deep.equal(['one'])
    expect(store.state.queue.map(({ text }) => text)).to.deep.equal(['two'])
    queue.resume()
    await queue.idle()
    expect(streamed).to.deep.equal(['one', 'two'])
  })

  it('cancels nothing on the server while another session is at work there', async () => {
    const holder = { owner: 'other', activity: 'model', process: null, beat: 1 } as const
    const { queue, store, streamed, cancels } = openQueue({ holder })
    queue.send('one')
    await store.when(({ turn }) => (turn.type !== 'idle' && turn.waitsFor !== null) || undefined)
    queue.cancel()
    await queue.idle()
    expect([streamed, cancels()]).to.deep.equal([[], 0])
  })

  it('cancels a turn on the server once, however often it is asked to', async () => {
    const { queue, streamed, cancels } = openQueue()
    queue.send('one')
    await until(() => streamed.length > 0)
    queue.cancel()
    queue.cancel()
    expect(cancels()).to.equal(1)
  })
})

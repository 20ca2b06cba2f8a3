import { expect } from 'chai'
import type { StreamPart } from '../../lib/client/stream/decode.ts'
import type { TurnInput } from '../../lib/client/stream/stream.ts'
import { reduceSession } from '../../lib/session/reduce/session.ts'
import { emptySession, type SessionState } from '../../lib/session/state/session-state.ts'
import { runTurn } from '../../lib/session/turn.ts'
import { createStore } from '../../lib/store.ts'
import { transcript } from '../support/session.ts'

describe('A turn whose stream outlives its cancellation', () => {
  it('is cancelled, and contains nothing that arrived afterwards', async () => {
    const state = await run(async function* (cancel) {
      yield { type: 'assistant', id: 'a', text: 'Before.' }
      cancel()
      yield { type: 'assistant', id: 'a', text: ' After.' }
      yield { type: 'stop', reason: 'end_turn' }
    })
    expect(transcript(state)).to.include('assistant: Before.')
    expect(outcomes).to.deep.equal(['cancelled'])
  })

  it('is cancelled when the stream has just ended', async () => {
    await run(async function* (cancel) {
      yield { type: 'stop', reason: 'end_turn' }
      cancel()
    })
    expect(outcomes).to.deep.equal(['cancelled'])
  })

  const outcomes: string[] = []
  beforeEach(() => outcomes.splice(0))

  /** Runs a turn with this stream; returns the state after it. */
  async function run(
    stream: (cancel: () => void) => AsyncGenerator<StreamPart>,
  ): Promise<SessionState> {
    const store = createStore(emptySession('/project', 0), reduceSession)
    const abort = new AbortController()
    store.subscribe((_, event) => {
      if (event.type === 'turn.finished') outcomes.push(event.outcome.type)
    })
    await runTurn(
      {
        store,
        stream: () => stream(() => abort.abort()),
        attach: async () => ({ texts: [], images: [] }),
        attachFailed: () => undefined,
        settle: async () => [],
        begin: async () => {},
        confirm: async () => {},
        pending: async () => [],
        leftPending: async () => [],
        steering: () => null,
        reminder: () => null,
        release: async () => {},
        maxSteps: null,
        maxCost: null,
        spentElsewhere: () => 0,
        answeredBy: () => ({}),
        fallBack: async () => false,
        repeated: (input: TurnInput) => input,
        priced: (usage) => usage,
        serverToolReturned: () => {},
        cancelledText: 'Cancelled.',
        now: () => 0,
        newId: () => 'turn',
      },
      { message: { id: 'm', text: 'Hello', attached: null }, settlesPending: false },
      abort.signal,
    )
    return store.state
  }
})

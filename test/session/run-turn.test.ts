import { expect } from 'chai'
import type { StreamPart } from '../../lib/client/stream/decode.ts'
import type { Reply, TurnInput } from '../../lib/client/stream/stream.ts'
import { reduceSession } from '../../lib/session/reduce/session.ts'
import { emptySession, type SessionState } from '../../lib/session/state/session-state.ts'
import { runTurn, type TurnPorts, type TurnStart } from '../../lib/session/turn.ts'
import { createStore } from '../../lib/store.ts'
import { transcript } from '../support/session.ts'
import { quietTurnPorts } from '../support/turn-ports.ts'

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
})

describe('A turn whose calls another session has answered', () => {
  const taken: StreamPart = {
    type: 'error',
    error: {
      type: 'invalid_request',
      message: 'No tool call is currently awaiting approval.',
      detail: '',
    },
  }
  const call = { callId: 'c1', tool: 'Bash', args: '{}' }
  const reply: Reply = {
    type: 'result',
    callId: 'c1',
    status: 'success',
    text: 'a.txt',
    stdout: [],
    stderr: [],
    pictures: [],
  }
  /** Runs a turn whose replies are refused; returns what it has sent. */
  const inputs = async (steering: TurnStart['message']): Promise<readonly TurnInput[]> => {
    const sent: TurnInput[] = []
    await run(
      async function* (_, input) {
        sent.push(input)
        if (input.replies.length > 0) yield taken
        else yield { type: 'stop', reason: sent.length > 1 ? 'end_turn' : 'requires_approval' }
      },
      { pending: async () => [call], settle: async () => [reply], steering: () => steering },
    )
    return sent
  }

  it('sends the message again that was sent with the answers, without these', async () => {
    const sent = await inputs({ id: 'm2', text: 'And now?', attached: null })
    expect(sent.map(({ replies, message }) => [replies.length, message?.text])).to.deep.equal([
      [0, 'Hello'],
      [1, 'And now?'],
      [0, 'And now?'],
    ])
    expect(outcomes).to.deep.equal(['done'])
  })

  it('ends when there is no message to send', async () => {
    expect(await inputs(null)).to.have.lengthOf(2)
    expect(outcomes).to.deep.equal(['failed'])
  })
})

const outcomes: string[] = []
beforeEach(() => outcomes.splice(0))

/** Runs a turn with this stream; returns the state after it. */
async function run(
  stream: (cancel: () => void, input: TurnInput) => AsyncGenerator<StreamPart>,
  more: Partial<TurnPorts> = {},
): Promise<SessionState> {
  const store = createStore(emptySession('/project', 0), reduceSession)
  const abort = new AbortController()
  store.subscribe((_, event) => {
    if (event.type === 'turn.finished') outcomes.push(event.outcome.type)
  })
  await runTurn(
    {
      store,
      stream: (input) => stream(() => abort.abort(), input),
      settle: async () => [],
      ...quietTurnPorts(),
      ...more,
    },
    { message: { id: 'm', text: 'Hello', attached: null }, settlesPending: false },
    abort.signal,
  )
  return store.state
}

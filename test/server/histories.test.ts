import type { Letta } from '@letta-ai/letta-client'
import { expect } from 'chai'
import fc from 'fast-check'
import { openServer } from '../../lib/server/app.ts'
import type {
  ModelMessage,
  ModelPart,
  ModelRequest,
  Provider,
} from '../../lib/server/providers/provider.ts'
import { ProviderError } from '../../lib/server/providers/provider.ts'
import { clientOf, collect, createAgent, say } from '../support/letta-server.ts'

/** What a user or the model can do next. */
type Move =
  | { readonly do: 'say' | 'answer' | 'deny' | 'cancel' | 'compact' | 'compact all' | 'reset' }
  | { readonly do: 'model'; readonly answers: ModelMove }
type ModelMove = 'text' | 'client call' | 'server call' | 'both' | 'fails' | 'breaks' | 'too long'

const moves: fc.Arbitrary<Move> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ do: 'say' } as const) },
  { weight: 5, arbitrary: fc.constantFrom({ do: 'answer' } as const, { do: 'deny' } as const) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Move>(
      { do: 'cancel' },
      { do: 'compact' },
      { do: 'compact all' },
      { do: 'reset' },
    ),
  },
  {
    weight: 6,
    arbitrary: fc
      .constantFrom<ModelMove>(
        'text',
        'client call',
        'server call',
        'both',
        'fails',
        'breaks',
        'too long',
      )
      .map((answers) => ({ do: 'model', answers }) as const),
  },
)

describe('Any sequence of messages, calls, denials, cancellations and compactions', () => {
  it('results in prompts that every provider accepts', async () => {
    const histories = fc.array(fc.tuple(moves, fc.boolean()), { minLength: 5, maxLength: 30 })
    let summaries = 0
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const model = whimsicalModel()
        const server = await openServer({ database: ':memory:', providers: [model] })
        try {
          await play(clientOf(server), model, history)
        } finally {
          await server.close()
        }
        for (const { messages } of model.requests) checkPrompt(messages)
        summaries += model.requests.filter(({ tools }) => tools.length === 0).length
      }),
      { numRuns: RUNS },
    )
    expect(summaries).to.be.above(0)
  }).timeout(60_000)
})

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 25)

type Messages = ReturnType<typeof say>

async function play(
  client: Letta,
  model: WhimsicalModel,
  history: readonly (readonly [Move, boolean])[],
): Promise<void> {
  const agentId = await createAgent(client)
  await client.agents.update(agentId, { context_window_limit: 2500 })
  const conversation = (await client.conversations.create({ agent_id: agentId })).id
  for (const [move, isAside] of history) {
    const place = isAside ? conversation : 'default'
    const send = async (messages: Messages): Promise<void> => {
      const body = { agent_id: agentId, messages, background: true } as const
      const { error } = await collect(
        client.conversations.messages.create(place, body, { maxRetries: 0 }),
      )
      expect(String(error?.['message'] ?? '')).to.not.match(/^Invalid tool call IDs|unexpected/)
    }
    const pending = () => pendingIds(client, place, agentId)
    if (move.do === 'model') model.next(move.answers)
    else if (move.do === 'say') await send(say('lorem ipsum '.repeat(60)))
    else if (move.do === 'answer' || move.do === 'deny') {
      const ids = await pending()
      if (ids.length === 0) continue
      await send([{ type: 'approval', approvals: ids.map(replyFor(move.do)) }])
    } else if (move.do === 'cancel') await client.agents.messages.cancel(agentId)
    else if (move.do === 'reset') await client.agents.messages.reset(agentId, {})
    else {
      const mode = move.do === 'compact' ? 'sliding_window' : 'all'
      const body = { agent_id: agentId, compaction_settings: { mode } }
      await client
        .post(`/v1/conversations/${place}/compact`, { body })
        .catch((thrown: unknown) => expect(Object(thrown).status).to.be.within(400, 499))
    }
  }
}

async function pendingIds(client: Letta, place: string, agentId: string): Promise<string[]> {
  const query = { agent_id: agentId, limit: 1 }
  const [last] = (await client.conversations.messages.list(place, query)).items
  if (last?.message_type !== 'approval_request_message') return []
  return [last.tool_calls ?? []].flat().map((call) => String(call.tool_call_id))
}

const replyFor = (kind: 'answer' | 'deny') => (callId: string) =>
  kind === 'deny'
    ? ({ type: 'approval', tool_call_id: callId, approve: false, reason: 'No.' } as const)
    : ({ type: 'tool', tool_call_id: callId, tool_return: 'a b', status: 'success' } as const)

interface WhimsicalModel extends Provider {
  readonly requests: readonly ModelRequest[]
  next(move: ModelMove): void
}

/** Numbers the calls of each answer from 0, and sometimes fails in the middle of one. */
function whimsicalModel(): WhimsicalModel {
  const requests: ModelRequest[] = []
  const queue: ModelMove[] = []
  return {
    id: 'scripted',
    title: 'Whimsical',
    acceptsAnyModel: true,
    requests,
    next: (move) => void queue.push(move),
    listModels: async () => [],
    async *stream(request) {
      requests.push(request)
      const move = request.tools.length === 0 ? 'text' : (queue.shift() ?? 'text')
      if (move === 'too long') throw new ProviderError('overflow', 'Too long.')
      if (move === 'fails') throw new ProviderError('refused', 'No.')
      yield { type: 'text', delta: `Yes. ${'word '.repeat(40)}` }
      if (move === 'server call' || move === 'both') {
        yield* callParts('call_0', 'memory_insert', { label: 'human', new_string: 'x' })
      }
      if (move === 'client call' || move === 'both' || move === 'breaks') {
        yield* callParts(move === 'both' ? 'call_1' : 'call_0', 'Bash', { command: 'ls' })
      }
      if (move === 'breaks') throw new ProviderError('interrupted', 'Gone.')
      const usage = { cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 }
      const promptTokens = request.messages.length * 250
      yield {
        type: 'finish',
        reason: 'stop',
        usage: { promptTokens, completionTokens: 9, ...usage },
      }
    },
  }
}

function* callParts(callId: string, name: string, args: object): Generator<ModelPart> {
  yield { type: 'callStart', callId, name }
  yield { type: 'callDelta', callId, args: JSON.stringify(args) }
}

/** A system prompt, then messages in which every call has a unique id and is followed by exactly one result. */
function checkPrompt([system, first, ...rest]: readonly ModelMessage[]): void {
  expect(system?.role).to.equal('system')
  expect(first?.role).to.be.oneOf(['user', 'assistant'])
  const called = new Set<string>()
  let open: string[] = []
  for (const message of first === undefined ? [] : [first, ...rest]) {
    if (message.role === 'tool') {
      expect(open).to.include(message.callId)
      open = open.filter((id) => id !== message.callId)
      continue
    }
    expect(open).to.deep.equal([])
    if (message.role !== 'assistant') continue
    open = message.calls.map((call) => call.callId)
    for (const id of open) {
      expect(called.has(id)).to.equal(false)
      called.add(id)
    }
  }
  expect(open).to.deep.equal([])
}

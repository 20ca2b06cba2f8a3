// Each failure of a provider must leave the agent able to answer: RANDOM_TURNS=10000 SEED=7 npx mocha test/server/random-provider.test.ts
import { expect } from 'chai'
import { openServer } from '../../lib/server/app.ts'
import { providersFromEnvironment } from '../../lib/server/providers/index.ts'
import { answered, clientOf, createAgent, say, send } from '../support/letta-server.ts'
import {
  type RequestBody,
  type ScriptedAnswer,
  startModelEndpoint,
} from '../support/model-endpoint.ts'
import { createSeededRandom } from '../support/seeded-random.ts'

const SEED = Number(process.env['SEED'] ?? 1)
const TURNS = Number(process.env['RANDOM_TURNS'] ?? 60)
/** In the gate the test ends after this time, however many turns it has played. */
const MAX_GATE_MS = process.env['RANDOM_TURNS'] === undefined ? 12_000 : Number.POSITIVE_INFINITY
/** Waiting for a token count is all that may take long. */
const MAX_TURN_MS = 5_000

type Random = () => number

describe('A provider that fails at random', () => {
  it('never keeps the next plain message from being answered, with a history that every validator accepts', async function () {
    this.timeout(TURNS * MAX_TURN_MS + 60_000)
    const random = createSeededRandom(SEED)
    const endpoint = await startModelEndpoint()
    const providers = providersFromEnvironment({ OPENAI_BASE_URL: endpoint.url })
    const server = await openServer({ database: ':memory:', providers })
    const client = clientOf(server)
    const agent = await createAgent(client, 'openai/one')
    await client.agents.update(agent, { context_window_limit: 20_000 })
    const begun = performance.now()
    let played = 0
    try {
      for (; played < TURNS && performance.now() - begun < MAX_GATE_MS; played++) {
        const played = playedAnswer(random)
        endpoint.setTurns([played, { text: 'A second answer.', sticky: true }])
        const turn = performance.now()
        const { events } = await send(client, agent, say(`turn ${pieceOf(random, WORDS)}`))
        for (const callId of pendingCalls(events)) {
          if (random() < 0.7) await send(client, agent, answered(callId, pieceOf(random, WORDS)))
        }
        await client.agents.messages.cancel(agent)
        endpoint.setTurns([{ text: 'Fine.', sticky: true }])
        const plain = await send(client, agent, say('plain'))
        const shown = JSON.stringify(played)
        expect(plain.error, shown).to.equal(null)
        expect(JSON.stringify(plain.events), shown).to.include('Fine.')
        expect(performance.now() - turn, shown).to.be.below(MAX_TURN_MS)
        const request = endpoint.requests.at(-1)?.body
        expect(request === undefined ? ['no request'] : faultsOf(request), shown).to.deep.equal([])
      }
    } finally {
      await server.close()
      await endpoint.close()
    }
    expect(played).to.be.above(3)
  })
})

const WORDS = ['yes', 'a\u0000b', '\ud83d', '', ' ', '</think>', '日本語', 'x'.repeat(3000)]

function pieceOf<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('no items')
  return item
}

/** Chunks of an answer in a random order, some of them broken, or an error. */
function playedAnswer(random: Random): ScriptedAnswer {
  if (random() < 0.25)
    return { error: { status: pieceOf(random, STATUSES), body: pieceOf(random, BODIES) } }
  const count = 1 + Math.floor(random() * 5)
  const chunks = Array.from({ length: count }, () => randomChunk(random))
  const ends = [[finish(pieceOf(random, REASONS))], ['data: [DONE]\n\n'], []]
  return { raw: { pieces: [...chunks, ...pieceOf(random, ends)] } }
}

const STATUSES = [400, 404, 413, 422]
const BODIES: readonly unknown[] = [
  { error: { message: 'Roles must alternate' } },
  { error: 'This model has no vision' },
  { error: { message: 'reasoning_content is missing' } },
  { detail: [{ loc: ['body'], msg: 'prompt is too long' }] },
  { error: { message: 'stream_options is not supported' } },
  { error: { message: 'tool schema: unknown name exclusiveMinimum' } },
  { error: { message: 'does not support tools' } },
  '<html><title>Bad</title></html>',
  '',
  'null',
]
const REASONS = ['stop', 'tool_calls', 'length', 'error', 'content_filter', '', 'odd']

function finish(reason: string): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: reason }] })}\n\n`
}

function randomChunk(random: Random): string {
  const delta: object = pieceOf<object>(random, [
    { content: pieceOf(random, WORDS) },
    { reasoning_content: pieceOf(random, WORDS) },
    { content: '<think>Hm</think>Hi' },
    { tool_calls: [randomCall(random)] },
    { tool_calls: [randomCall(random), randomCall(random)] },
    { reasoning_details: [{ type: 'reasoning.encrypted', data: 'x', index: 0 }] },
    { content: null, tool_calls: null },
  ])
  const chunk = JSON.stringify({ choices: [{ index: 0, delta }] })
  return pieceOf(random, [
    `data: ${chunk}\n\n`,
    `data: ${chunk}\n\n`,
    `data: ${chunk}\n\n`,
    `data:${chunk}\r\n\r\n`,
    `data: ${chunk.slice(0, Math.floor(random() * chunk.length))}\n\n`,
    'data: {"error":"overloaded"}\n\n',
    ': comment\n\n',
    'event: ping\ndata: {}\n\n',
  ])
}

function randomCall(random: Random): object {
  const args = pieceOf<unknown>(random, [
    '{"command":"ls"}',
    '{"command":',
    '',
    '"{}"',
    '```\n{}\n```',
    { a: 1 },
    null,
    '['.repeat(50),
  ])
  const name = pieceOf(random, ['Bash', 'bash', 'functions.Bash', 'nothing', 'memory_insert', ''])
  const more = pieceOf<object>(random, [{ index: 0 }, { index: 1 }, {}, { index: '0' }])
  return {
    id: pieceOf(random, ['c1', 'c2', '', null]),
    type: 'function',
    function: { name, arguments: args },
    ...more,
  }
}

type WireEvents = Awaited<ReturnType<typeof send>>['events']

function pendingCalls(events: WireEvents): readonly string[] {
  const stop = events.find((event) => event['message_type'] === 'stop_reason')
  if (stop?.['stop_reason'] !== 'requires_approval') return []
  const ids = events.flatMap((event) =>
    event['message_type'] === 'approval_request_message'
      ? [Object(event['tool_call']).tool_call_id]
      : [],
  )
  return [...new Set(ids.map(String))]
}

/** What a strict server would refuse. */
function faultsOf({ messages = [] }: RequestBody): readonly string[] {
  const faults: string[] = []
  let open: string[] = []
  for (const [index, message] of messages.entries()) {
    const before = messages[index - 1]?.role
    if (message.role === 'system' && index > 0) faults.push('system later')
    if (message.role === before && message.role !== 'tool') faults.push(`two of ${message.role}`)
    if (message.role === 'tool') {
      if (!open.includes(String(message['tool_call_id']))) faults.push('a result without a call')
      open = open.filter((id) => id !== message['tool_call_id'])
    } else if (open.length > 0) faults.push('a call without a result')
    if (message.role !== 'assistant') {
      if (message.content === '' || message.content === undefined) faults.push('nothing said')
      continue
    }
    const calls = [message['tool_calls'] ?? []].flat().map(Object)
    open = calls.map((call) => String(call.id))
    if (new Set(open).size < open.length) faults.push('the same id twice')
    if (calls.length === 0 && !message.content) faults.push('an empty answer')
    for (const call of calls) {
      const args: unknown = JSON.parse(call.function.arguments)
      if (typeof args !== 'object' || args === null || Array.isArray(args))
        faults.push('odd arguments')
      if (!/^[\w.-]{1,64}$/.test(call.function.name)) faults.push(`the name ${call.function.name}`)
    }
  }
  return faults
}

import { expect } from 'chai'
import fc from 'fast-check'
import type { ModelRequest, Provider } from '../../lib/server/providers/provider.ts'
import { type FuzzSchema, invalidValues, nearlyValid } from '../support/fuzz-values.ts'
import { BASH, clientOf, type OpenedServer, openedServer } from '../support/letta-server.ts'
import { scriptedProvider } from '../support/scripted-provider.ts'

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly schema: FuzzSchema
}
interface Operation {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: { 'application/json': { schema: FuzzSchema } } }
}
interface Route {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

describe('Any request to the server', () => {
  let opened: OpenedServer
  let routes: readonly Route[]

  before(async () => {
    opened = await openedServer({ model: { ...scriptedProvider(), stream: obliging } })
    routes = await routesOf(opened)
  })
  after(() => opened.close())

  const answer = async (method: string, path: string, body?: string | Uint8Array) => {
    const given = body === undefined || method === 'GET' ? {} : { body }
    const request = new Request(`http://embedded.letta${path}`, { method, ...given })
    const response = await opened.server.fetch(request)
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      text: await response.text(),
    }
  }

  /** The response is a success or an error in JSON with a reason, and reveals no internals. */
  const check = ({ status, type, text }: Awaited<ReturnType<typeof answer>>): void => {
    expect(status, text).to.be.within(200, 499)
    expect(text).to.not.match(/\n\s+at |node:internal|\.ts:\d/)
    if (status >= 300) expect(Object(JSON.parse(text))).to.have.property('detail')
    else if (type !== 'text/event-stream') JSON.parse(text)
  }

  it('is answered or refused, but never causes a 500', async () => {
    const requests = fc.constantFrom(...routes).chain(({ method, path, operation }) => {
      const { parameters = [], requestBody } = operation
      const schema = requestBody?.content['application/json'].schema ?? {}
      return fc.record({
        method: fc.constant(method),
        path: pathOf(path, parameters),
        body: nearlyValid(schema, KNOWN).map((value) => JSON.stringify(value) ?? ''),
      })
    })
    await fc.assert(
      fc.asyncProperty(requests, async ({ method, path, body }) => {
        const filled = await presentIn(opened)
        check(await answer(method, filled(path), filled(body)))
      }),
      { numRuns: RUNS },
    )
    expect(Object(Object.create({})).polluted).to.equal(undefined)
  })

  it('is refused with 422 when its body is not JSON', async () => {
    const posting = routes.filter(({ operation }) => operation.requestBody !== undefined)
    for (const { method, path } of posting) {
      for (const body of NO_JSON) {
        const answered = await answer(method, path.replace(/\{\w+\}/g, 'x'), body)
        check(answered)
        expect(answered.status).to.equal(422)
      }
    }
  })
})

const CALL = 'call_1'
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 120)

const NO_JSON = [
  '{',
  'undefined',
  '{"a":1}}',
  "{'a':1}",
  '\u0000',
  new Uint8Array([0x22, 0xff, 0xfe, 0x22]),
  '['.repeat(100_000) + ']'.repeat(100_000),
  `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
]

/** Calls a tool of the client, then accepts any result. */
async function* obliging({ messages }: ModelRequest): ReturnType<Provider['stream']> {
  const call = messages.at(-1)?.role === 'user'
  if (call) {
    yield { type: 'callStart', callId: CALL, name: 'Bash' }
    yield { type: 'callDelta', callId: CALL, args: '{}' }
  } else yield { type: 'text', delta: 'Yes.' }
  const cached = { cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 }
  const usage = { promptTokens: 10, completionTokens: 1, ...cached }
  yield { type: 'finish', reason: call ? 'tool-calls' : 'stop', usage }
}

async function routesOf({ server }: OpenedServer): Promise<readonly Route[]> {
  const response = await server.fetch(new Request('http://embedded.letta/openapi.json'))
  const paths: Record<string, Record<string, Operation>> = Object(await response.json()).paths
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => {
      return { method: method.toUpperCase(), path, operation }
    }),
  )
}

/** Placeholders for ids that exist when the request is sent. */
const PRESENT: Readonly<Record<string, string>> = {
  agent_id: '$agent',
  block_id: '$block',
  tool_id: '$tool',
  run_id: '$run',
  conversation_id: '$conversation',
  message_id: '$message',
  step_id: '$step',
  memory_id: '$passage',
  tool_name: 'Bash',
  block_label: 'human',
}
const KNOWN = [...Object.values(PRESENT), CALL, 'Bash', 'memory_insert', 'scripted/model']

/** Creates one record of each type for each request, because an earlier request may have deleted it. */
async function presentIn({ server }: OpenedServer): Promise<(text: string) => string> {
  const client = clientOf(server)
  const { id: tool } = await client.tools.upsert(BASH)
  const { id: block } = await client.blocks.create({ label: 'human', value: 'Ada' })
  const more = { model: 'scripted/model', block_ids: [block], tool_ids: [tool] }
  const { id: agent } = await client.agents.create(more)
  // Leaves a pending call.
  await client.agents.messages.create(agent, { messages: [{ role: 'user', content: 'Hi' }] })
  const { id: conversation } = await client.conversations.create({ agent_id: agent })
  const [passage] = await client.agents.passages.create(agent, { text: 'Likes tea.' })
  const [run] = (await client.runs.list({ agent_id: agent })).items
  const { items } = await client.agents.messages.list(agent)
  const ids: Readonly<Record<string, string | null | undefined>> = {
    ...{ agent, block, tool, conversation },
    run: run?.id,
    message: items[0]?.id,
    step: items.at(-1)?.step_id,
    passage: passage?.id,
  }
  return (text) => text.replace(/\$([a-z]+)/g, (complete, kind) => ids[kind] ?? complete)
}

function pathOf(path: string, parameters: readonly Parameter[]): fc.Arbitrary<string> {
  const values = fc.record(
    Object.fromEntries(parameters.map((one) => [one.name, sentAs(one).map(encoded)])),
    { requiredKeys: parameters.filter((one) => one.in === 'path').map(({ name }) => name) },
  )
  return values.map((chosen) => {
    const filled = path.replace(/\{(\w+)\}/g, (_, name) => chosen[name] ?? '')
    const asked = parameters.filter((one) => one.in === 'query' && chosen[one.name] !== undefined)
    return `${filled}?${asked.map(({ name }) => `${name}=${chosen[name]}`).join('&')}`
  })
}

function sentAs({ name, schema }: Parameter): fc.Arbitrary<string> {
  const present = PRESENT[name]
  const fits = present === undefined ? nearlyValid(schema, KNOWN) : fc.constant(present)
  const value = fc.oneof({ weight: 9, arbitrary: fits }, { weight: 1, arbitrary: invalidValues })
  return value
    .map((one) => (typeof one === 'object' ? JSON.stringify(one) : String(one)))
    .filter((text) => text.length < 500)
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll('%24', '$')
}

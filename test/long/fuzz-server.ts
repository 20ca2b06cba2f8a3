// Two minutes of schemathesis: npx mocha test/long/fuzz-server.ts (FUZZ_SECONDS=600 runs longer, SEED=… varies it).
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Letta } from '@letta-ai/letta-client'
import { expect } from 'chai'
import { type LettaServe, startLettaServe } from '../support/letta-serve.ts'
import { BASH } from '../support/letta-server.ts'
import { type ScriptedAnswer, startModelEndpoint } from '../support/model-endpoint.ts'
import { pythonPrograms } from '../support/python.ts'

const seconds = Number(process.env['FUZZ_SECONDS'] ?? 110)
const seed = Number(process.env['SEED'] ?? 1)
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'ignored_auth',
  'reveals_no_stack_trace',
  'gives_a_reason_for_errors',
]

describe('The command letta serve', () => {
  it(`answers the requests that schemathesis derives from its description: ${seconds} s from seed ${seed}`, async function () {
    this.timeout((seconds + 240) * 1000)
    const programs = await pythonPrograms('schemathesis==4.32.5')
    const model = await startModelEndpoint({ turns: [CALLING], onExhausted: 'echo' })
    const server = await startLettaServe({ OPENAI_API_KEY: 'key', OPENAI_BASE_URL: model.url })
    const directory = mkdtempSync(path.join(tmpdir(), 'letta-fuzz-'))
    const described = path.join(directory, 'openapi.json')
    writeFileSync(described, JSON.stringify(await description(server)))

    const { code, output } = await fuzz(path.join(programs, 'schemathesis'), directory, [
      ...['run', described, '--url', server.url],
      ...['--header', `Authorization: Bearer ${server.token}`],
      ...['--checks', CHECKS.join(','), '--max-time', String(seconds), '--seed', String(seed)],
      ...['--continue-on-failure', '--no-color', '--request-timeout', '20'],
      ...['--suppress-health-check', 'all', '--workers', '1'],
    ])
    const health = await fetch(`${server.url}/v1/health/`)
    const said = server.stderr()
    const ended = await server.stop()
    await model.close()
    rmSync(directory, { recursive: true })
    expect(code, output).to.equal(0)
    expect([health.status, ended]).to.deep.equal([200, 143])
    expect(said).to.not.match(/\n\s+at /)
    process.stdout.write(`${output.slice(output.indexOf('SUMMARY'))}\n`)
  })
})

interface Described {
  readonly paths: Record<string, Record<string, FuzzOperation>>
}
interface FuzzOperation {
  parameters?: { name: string; in: string; schema: object }[]
  requestBody?: { content: { 'application/json': { schema: FuzzBody } } }
}
interface FuzzBody {
  properties?: Record<string, object>
  required?: readonly string[]
}

/** Members that a request must have to get beyond the first check. */
const REQUIRED = ['model', 'messages']

/** The OpenAPI document of the server, with the ids of existing objects as values to try. */
async function description(server: LettaServe): Promise<Described> {
  const present = await createObjects(server)
  const headers = { authorization: `Bearer ${server.token}` }
  const document: Described = Object(
    await (await fetch(`${server.url}/openapi.json`, { headers })).json(),
  )
  for (const operations of Object.values(document.paths)) {
    for (const [method, { parameters = [], requestBody }] of Object.entries(operations)) {
      const schema: FuzzBody = requestBody?.content['application/json'].schema ?? {}
      const { properties = {}, required = [] } = schema
      if (method === 'post')
        schema.required = [...required, ...REQUIRED.filter((one) => one in properties)]
      for (const [name, values] of Object.entries(present)) {
        if (name in properties) properties[name] = { enum: values }
      }
      // A deleted object would be missing for all requests that follow.
      if (method === 'delete') continue
      for (const parameter of parameters) {
        const values = present[parameter.name]
        if (values !== undefined) parameter.schema = { enum: values }
      }
    }
  }
  return document
}

/** Does not match the request for a summary. */
const CALLING: ScriptedAnswer = {
  match: { last: '"Call"' },
  sticky: true,
  calls: [{ id: 'call_1', name: 'Bash', args: {} }],
}
const DENIAL = { type: 'approval', tool_call_id: 'call_1', approve: false, reason: 'No.' }
const RETURN = { type: 'tool', tool_call_id: 'call_1', tool_return: 'ok', status: 'success' }
const MESSAGES = [
  [{ role: 'user', content: 'Hi' }],
  [{ role: 'user', content: [{ type: 'text', text: 'Call' }], otid: 'once' }],
  [{ type: 'approval', approvals: [DENIAL] }],
  [
    { type: 'approval', approvals: [RETURN] },
    { role: 'user', content: 'Go on' },
  ],
]

/** Creates objects of every type. Gives their ids by the names of parameters; unknown ids are tried by schemathesis itself. */
async function createObjects({
  url,
  token,
}: LettaServe): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const client = new Letta({ baseURL: url, apiKey: token, logLevel: 'off' })
  const { id: tool } = await client.tools.upsert(BASH)
  const { id: block } = await client.blocks.create({ label: 'human', value: 'Ada' })
  const agents: string[] = []
  for (let index = 0; index < 30; index++) {
    const given = { model: 'openai/scripted', block_ids: [block], tool_ids: [tool] }
    agents.push((await client.agents.create(given)).id)
  }
  const [first = ''] = agents
  const sent = { messages: [{ role: 'user' as const, content: 'Hi' }], background: true }
  for await (const _ of await client.agents.messages.stream(first, sent));
  const runs = await client.runs.list({ agent_id: first })
  const { items } = await client.agents.messages.list(first)
  const passages = await client.agents.passages.create(first, { text: 'Likes tea.' })
  const conversations: string[] = []
  for (const agent_id of agents) {
    conversations.push((await client.conversations.create({ agent_id })).id)
  }
  return {
    agent_id: agents,
    block_id: [block],
    tool_id: [tool],
    block_label: ['human'],
    run_id: runs.items.map((run) => run.id),
    conversation_id: [...conversations, 'default'],
    message_id: items.map((message) => message.id),
    step_id: items.flatMap((message) => message.step_id ?? []),
    memory_id: passages.map((passage) => passage.id ?? ''),
    tool_name: ['Bash'],
    model: ['openai/scripted'],
    messages: MESSAGES,
    tools: [['memory_insert'], []],
    json_schema: [{ name: 'Read', parameters: { type: 'object', properties: {} } }],
    block_ids: [[block], []],
    tool_ids: [[tool], []],
  }
}

function fuzz(
  program: string,
  cwd: string,
  argv: readonly string[],
): Promise<{ code: number | null; output: string }> {
  const hooks = path.join(import.meta.dirname, 'fuzz-checks.py')
  const child = spawn(program, argv, { cwd, env: { ...process.env, SCHEMATHESIS_HOOKS: hooks } })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += String(chunk)
    })
  }
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })))
}

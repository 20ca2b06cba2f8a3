// The embedded server in this process and on loopback, and with --real an original Letta server, with one scripted model:
//   npm run build && npx tsx test/bench/server.ts [--real]
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Letta } from '@letta-ai/letta-client'
import { openServer } from '../../lib/server/app.ts'
import { findProviders } from '../../lib/server/providers/index.ts'
import { startRealServer } from '../contract/letta-server/start.ts'
import { answered, BASH, clientOf, say, send } from '../support/letta-server.ts'

const ROUNDS = 20
const WORDS = 3000
const ROOT = join(import.meta.dirname, '../..')

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

/** One server under test. */
interface Subject {
  readonly client: Letta
  readonly startMs: number
  /** Megabytes of all its processes. */
  memory(): number
  close(): Promise<void>
}

const home = mkdtempSync(join(tmpdir(), 'letta-bench-'))

const children: ChildProcess[] = []

/** Starts the model that all servers use: a text, a call with the answer after its result, and a long text. */
async function startModel(): Promise<string> {
  const program = join(ROOT, 'test/support/model-endpoint.ts')
  const script = join(ROOT, 'test/bench/server-model.json')
  const child = spawn(process.execPath, ['--import', 'tsx', program, '--script', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: ROOT,
  })
  children.push(child)
  return String(JSON.parse(await firstLine(child)).url)
}

function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('The process has no standard output.')
  return new Promise((resolve) => createInterface({ input: stdout }).once('line', resolve))
}

function residentMb(...pids: readonly number[]): number {
  const kilobytes = pids.map((pid) => {
    const status = existsSync(`/proc/${pid}/status`)
      ? readFileSync(`/proc/${pid}/status`, 'utf8')
      : ''
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0)
  })
  return kilobytes.reduce((sum, size) => sum + size, 0) / 1024
}

async function inProcess(modelUrl: string): Promise<Subject> {
  const before = residentMb(process.pid)
  const begun = performance.now()
  const environment = { OPENAI_API_KEY: 'x', OPENAI_BASE_URL: modelUrl }
  const providers = await findProviders({ environment, demo: false, probeLocal: false })
  const server = await openServer({ database: join(home, 'own.db'), providers })
  return {
    client: clientOf(server),
    startMs: performance.now() - begun,
    // What the server adds to the memory of this program.
    memory: () => residentMb(process.pid) - before,
    close: () => server.close(),
  }
}

async function onLoopback(modelUrl: string): Promise<Subject> {
  const built = join(ROOT, 'dist/letta.js')
  const source = ['--import', 'tsx', join(ROOT, 'bin/letta.ts')]
  const program = existsSync(built) ? [built] : source
  const token = 'token-of-the-bench'
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    OPENAI_API_KEY: 'x',
    OPENAI_BASE_URL: modelUrl,
    LETTA_SERVER_PASSWORD: token,
  }
  const begun = performance.now()
  const args = [...program, 'serve', '--port', '0', '--database', join(home, 'served.db')]
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env,
    cwd: ROOT,
  })
  children.push(child)
  const url = await firstLine(child)
  await fetch(`${url}/v1/health/`)
  return {
    client: new Letta({ baseURL: url, apiKey: token, logLevel: 'off' }),
    startMs: performance.now() - begun,
    memory: () => residentMb(child.pid ?? 0),
    close: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        child.kill('SIGTERM')
      }),
  }
}

async function real(modelUrl: string): Promise<Subject> {
  const begun = performance.now()
  const server = await startRealServer(modelUrl)
  return {
    client: new Letta({ baseURL: server.url, apiKey: server.token, logLevel: 'off' }),
    startMs: performance.now() - begun,
    memory: () => residentMb(...withChildren(server.pid)),
    close: () => server.stop(),
  }
}

function withChildren(pid: number): readonly number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')
  const pairs = rows.map((row) => row.trim().split(/\s+/).map(Number))
  const children = pairs.filter(([, parent]) => parent === pid).map(([child = 0]) => child)
  return [pid, ...children.flatMap(withChildren)]
}

async function measure(subject: Subject, modelHandle: string): Promise<readonly number[]> {
  const { client } = subject
  await client.tools.upsert(BASH)
  const create = async (): Promise<string> => {
    const agent = await client.agents.create({
      agent_type: 'letta_v1_agent',
      model: modelHandle,
      memory_blocks: [{ label: 'human', value: 'Ada' }],
      tools: ['Bash'],
      include_base_tools: false,
    })
    return agent.id
  }
  await create()
  const creation: number[] = []
  for (let round = 0; round < 10; round++) creation.push(await timed(create))
  const agentId = await create()
  const text = (): Promise<unknown> => send(client, agentId, say('hi'))
  const approval = async (): Promise<void> => {
    const { events } = await send(client, agentId, say('run it'))
    const call = events.find((event) => event['message_type'] === 'approval_request_message')
    const [first] = [call?.['tool_calls']].flat()
    await send(client, agentId, answered(String(Object(first).tool_call_id), 'a.txt'))
  }
  await text()
  await approval()
  const texts: number[] = []
  const approvals: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    texts.push(await timed(text))
    approvals.push(await timed(approval))
  }
  const long: number[] = []
  for (let round = 0; round < 3; round++) {
    const agent = await create()
    long.push(await timed(() => send(client, agent, say('at length'))))
  }
  const perSecond = (WORDS / median(long)) * 1000
  return [
    subject.startMs,
    median(creation),
    median(texts),
    median(approvals),
    perSecond,
    subject.memory(),
  ]
}

/** The time of the model without a server. */
async function measureModel(url: string): Promise<number> {
  const messages = [{ role: 'user', content: 'hi' }]
  const body = JSON.stringify({ model: 'scripted', stream: true, messages })
  const headers = { 'content-type': 'application/json' }
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    times.push(
      await timed(async () =>
        (await fetch(`${url}/chat/completions`, { method: 'POST', headers, body })).text(),
      ),
    )
  }
  return median(times)
}

const ROWS = [
  'start to healthy, ms',
  'create an agent, ms',
  'turn: text, ms',
  'turn: one approval, ms',
  'tokens per second',
  'memory, MB',
]

async function measureAll(): Promise<void> {
  const model = await startModel()
  const subjects: Record<string, () => Promise<Subject>> = {
    'in process': () => inProcess(model),
    loopback: () => onLoopback(model),
  }
  if (process.argv.includes('--real')) subjects['real 0.16.8'] = () => real(model)
  const columns: (readonly number[])[] = []
  for (const [name, open] of Object.entries(subjects)) {
    const subject = await open()
    const handle = name.startsWith('real') ? 'openai-proxy/scripted' : 'openai/scripted'
    columns.push(await measure(subject, handle))
    await subject.close()
  }
  const alone = await measureModel(model)
  line('', Object.keys(subjects))
  for (const [index, title] of ROWS.entries()) {
    line(
      title,
      columns.map((column) => column[index] ?? Number.NaN),
    )
  }
  line(
    'text turn without the model',
    columns.map((column) => (column[2] ?? Number.NaN) - alone),
  )
  process.stdout.write(`The model takes ${alone.toFixed(1)} ms.\n`)
}

function line(title: string, cells: readonly (string | number)[]): void {
  const texts = cells.map((cell) => (typeof cell === 'number' ? cell.toFixed(1) : cell))
  process.stdout.write(`${title.padEnd(28)}${texts.map((text) => text.padStart(14)).join('')}\n`)
}

try {
  await measureAll()
} finally {
  for (const child of children) child.kill()
  rmSync(home, { recursive: true, force: true })
}

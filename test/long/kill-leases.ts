// Kills sessions of one agent while they are at work: npx mocha test/long/kill-leases.ts (KILLS=100 or SEED=… vary it, BUILT=1 runs dist/).
import type { ChildProcess } from 'node:child_process'
import { appendFileSync, existsSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { APIError, Letta } from '@letta-ai/letta-client'
import { expect } from 'chai'
import Libsql from 'libsql'
import type { ScriptedAnswer } from '../support/model-endpoint.ts'
import { type ProgramFixture, setUpProgram, type WorkbenchDriver } from '../support/program.ts'
import { createSeededRandom } from '../support/seeded-random.ts'
import { faultsOfRequest } from '../support/strict-requests.ts'
import { typedText } from '../support/typed-text.ts'

const kills = Number(process.env['KILLS'] ?? 20)
const seed = Number(process.env['SEED'] ?? 1)
const built = process.env['BUILT'] === '1'
const TOKEN = 'token-for-tests'
const NAMES = ['anna', 'bert', 'carl', 'dora', 'emil', 'fred', 'gina', 'hans']
const DONE = 'All done.'

/** The agent runs a command of one second for this prompt, which notes that it has run. The prompt may follow others. */
const runs = (word: string): ScriptedAnswer => ({
  match: { last: `${word}[^a-z0-9-]*$` },
  calls: [{ name: 'Bash', args: { command: `sleep 1; echo ${word} >> log` } }],
})

describe('Sessions of one agent, of which any is killed while it is at work,', function () {
  this.timeout(kills * 240_000)
  let desk: ProgramFixture
  let random: () => number
  beforeEach(async () => {
    random = createSeededRandom(seed)
    desk = await setUpProgram([{ text: 'Hello.' }])
    expect((await desk.runs(['-p', 'hello', '--yolo'], { built })).stdout).to.equal('Hello.\n')
  })
  afterEach(() => desk.clear())

  const log = (): readonly string[] =>
    existsSync(path.join(desk.project, 'log')) ? desk.read('log').trim().split('\n') : []

  it(`run each command once, and the others answer: eight letta -p, ${kills} kills from seed ${seed}`, async () => {
    for (let killed = 0, round = 1; killed < kills; round++) {
      const words = NAMES.map((name) => `${name}-${round}`)
      desk.model.setTurns([...words.map(runs), { sticky: true, text: DONE }])
      const sessions = words.map((word) => startSession(desk, word))
      const victims = await killOwners(desk, sessions, 1 + Math.floor(random() * 3), random)
      killed += victims.length
      await checkRound(desk, round, sessions, log)
    }
  })

  it(`do so beside a workbench, letta serve and the official client: ${kills} kills from seed ${seed}`, async () => {
    const serve = desk.starts(['serve', '--port', '0'], {
      built,
      environment: { LETTA_SERVER_PASSWORD: TOKEN },
    })
    try {
      const client = await clientOf(serve)
      const { id } = (await client.agents.list()).items[0] ?? { id: '' }
      for (let killed = 0, round = 1; killed < kills; round++) {
        const words = NAMES.slice(0, 4).map((name) => `${name}-${round}`)
        const [typed, asked] = [`workbench-${round}`, `client-${round}`]
        desk.model.setTurns([...[...words, typed, asked].map(runs), { sticky: true, text: DONE }])
        const workbench = desk.opens({ args: ['--yolo'], built })
        await workbench.sees('ready')
        workbench.types(typed).presses('enter')
        const sessions = words.map((word) => startSession(desk, word))
        const answered = runByClient(client, id, asked, desk)
        const all = [...sessions, sessionOf(workbench, typed)]
        const victims = await killOwners(desk, all, 1 + Math.floor(random() * 2), random)
        killed += victims.length
        expect(await answered, `the client is answered in round ${round}`).to.equal(DONE)
        if (!victims.includes(typed)) {
          while (!log().includes(typed)) await pause(50)
          await workbench.sees('ready')
          expect(await workbench.quits()).to.equal(0)
        }
        await checkRound(desk, round, sessions, log)
        const own = log().filter((word) => word === asked || word === typed)
        const expected = victims.includes(typed) && own.length === 1 ? [asked] : [asked, typed]
        expect(own.toSorted(), `round ${round}`).to.deep.equal(expected)
      }
    } finally {
      serve.kill('SIGKILL')
    }
  })
})

/** One session, which can be killed. */
interface Session {
  readonly word: string
  readonly processId: number | undefined
  kill(): void
  /** Exit code and output; null when it was killed. */
  readonly ended: Promise<readonly [number, string] | null>
}

function startSession(desk: ProgramFixture, word: string): Session {
  const child = desk.starts(['-p', word, '--yolo'], { built })
  child.stdin?.end()
  let [stdout, stderr] = ['', '']
  child.stdout?.on('data', (text) => (stdout += text))
  child.stderr?.on('data', (text) => (stderr += text))
  const ended = new Promise<readonly [number, string] | null>((resolve) => {
    child.once('close', (code) => resolve(code === null ? null : [code, stdout || stderr]))
  })
  return { word, processId: child.pid, kill: () => child.kill('SIGKILL'), ended }
}

function sessionOf({ pty }: WorkbenchDriver, word: string): Session {
  const kill = (): void => void process.kill(pty.pid, 'SIGKILL')
  return { word, processId: pty.pid, kill, ended: Promise.resolve(null) }
}

/** Kills owners of the lease, each at a random moment. Returns the words of those that were killed. */
async function killOwners(
  { home }: ProgramFixture,
  sessions: readonly Session[],
  count: number,
  random: () => number,
): Promise<readonly string[]> {
  const victims: string[] = []
  let isOver = false
  void Promise.all(sessions.map(({ ended }) => ended)).then(() => {
    isOver = true
  })
  while (victims.length < count && !isOver) {
    await pause(random() * 3000)
    const owner = sessions.find(({ processId }) => processId === ownerIn(home))
    if (owner === undefined || victims.includes(owner.word)) continue
    owner.kill()
    victims.push(owner.word)
  }
  return victims
}

/** The process that has the lease. */
function ownerIn(home: string): number | null {
  const database = new Libsql(path.join(home, '.letta/letta.db'), { readonly: true })
  try {
    const row = Object(database.prepare('select record from leases').get())
    return row.record === undefined ? null : JSON.parse(row.record).process.processId
  } catch {
    return null
  } finally {
    database.close()
  }
}

async function checkRound(
  { model }: ProgramFixture,
  round: number,
  sessions: readonly Session[],
  log: () => readonly string[],
): Promise<void> {
  const ends = await Promise.all(sessions.map(({ ended }) => ended))
  const answered = ends.filter((end) => end !== null)
  expect(answered, `answers in round ${round}`).to.deep.equal(answered.map(() => [0, `${DONE}\n`]))
  const ran = log().filter((word) => word.endsWith(`-${round}`))
  expect(ran, `a command ran twice in round ${round}`).to.deep.equal([...new Set(ran)])
  const survivors = sessions.filter((_session, index) => ends[index] !== null)
  expect(ran, `round ${round}`).to.include.members(survivors.map(({ word }) => word))
  const asked = model.requests.flatMap(({ body }) => {
    const last = body.messages?.at(-1)
    return last?.role === 'user' ? [typedText(last.content)] : []
  })
  const order = ran.map((word) => asked.findIndex((text) => text.endsWith(word)))
  expect(order, `the order of round ${round}`).to.deep.equal(order.toSorted((a, b) => a - b))
  expect(model.requests.flatMap(faultsOfRequest), `requests of round ${round}`).to.deep.equal([])
}

/** Sends a message as a program that knows no leases, and runs the call that it is asked for. */
async function runByClient(
  client: Letta,
  agentId: string,
  word: string,
  desk: ProgramFixture,
): Promise<string> {
  const bash = { type: 'object', properties: { command: { type: 'string' } } }
  const client_tools = [{ name: 'Bash', description: 'Runs a command', parameters: bash }]
  const send = (message: unknown) =>
    untilFree(() =>
      client.agents.messages.create(agentId, {
        messages: [Object(message)],
        client_tools,
        streaming: false,
      }),
    )
  const first = await send({ role: 'user', content: word })
  const asked = first.messages.find((one) => one.message_type === 'approval_request_message')
  const call = Object(asked).tool_call ?? Object(asked).tool_calls?.[0]
  expect(JSON.parse(call.arguments).command, 'the call of another').to.contain(word)
  await pause(1000)
  appendFileSync(path.join(desk.project, 'log'), `${word}\n`)
  const result = {
    type: 'tool',
    tool_call_id: call.tool_call_id,
    tool_return: '',
    status: 'success',
  }
  const last = await send({ type: 'approval', approvals: [result] })
  const text = last.messages.find((one) => one.message_type === 'assistant_message')
  return typedText(Object(text).content)
}

/** Repeats a request that is refused because another client is at work. */
async function untilFree<Answer>(request: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await request()
    } catch (thrown) {
      if (!(thrown instanceof APIError && thrown.status === 409)) throw thrown
      await pause(200)
    }
  }
}

async function clientOf({ stdout }: ChildProcess): Promise<Letta> {
  if (stdout === null) throw new Error('letta serve has no output.')
  const lines = createInterface({ input: stdout })
  const baseURL = await new Promise<string>((resolve) => lines.once('line', resolve))
  return new Letta({ baseURL, apiKey: TOKEN, maxRetries: 0, timeout: 120_000 })
}

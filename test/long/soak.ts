// Two thousand turns in one process: npx mocha test/long/soak.ts (TURNS=… varies it, BUILT=1 runs the workbench of dist/).
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import v8 from 'node:v8'
import vm from 'node:vm'
import { expect } from 'chai'
import { openServer } from '../../lib/server/app.ts'
import type { Provider } from '../../lib/server/providers/provider.ts'
import { clientOf, createAgent, say, send, temporaryDirectory } from '../support/letta-server.ts'
import type { WorkbenchDriver } from '../support/program.ts'
import { scriptedProvider } from '../support/scripted-provider.ts'
import { type CurrentProgram, withProgram } from '../support/with-program.ts'

const TURNS = Number(process.env['TURNS'] ?? 2000)
const TURNS_PER_SAMPLE = 50
const MAX_LEAK_BYTES_PER_TURN = 5 * 1024

interface Sample {
  readonly turn: number
  readonly heap: number
  readonly files: number
}

describe('A server that runs for a long time', () => {
  it(`leaks neither memory nor file descriptors in ${TURNS} turns`, async function () {
    this.timeout(TURNS * 500)
    const { directory, remove } = await temporaryDirectory()
    const server = await openServer({
      database: join(directory, 'letta.db'),
      providers: [createAnsweringProvider()],
    })
    const client = clientOf(server)
    const agentId = await createAgent(client)
    const samples: Sample[] = []
    for (let turn = 1; turn <= TURNS; turn++) {
      const { error } = await send(client, agentId, say(`Message ${turn}`))
      expect(error).to.equal(null)
      if (turn % TURNS_PER_SAMPLE === 0) samples.push(await sample(turn))
    }
    await server.close()
    await remove()
    const later = samples.slice(samples.length / 4)
    const slope = slopeOf(later)
    process.stdout.write(`${Math.round(slope)} bytes per turn, ${later.at(-1)?.files} files open\n`)
    expect(slope).to.be.lessThan(MAX_LEAK_BYTES_PER_TURN)
    expect(later.at(-1)?.files).to.equal(later[0]?.files)
  })
})

/** An approval takes half a second, so only some turns ask for one. */
const TURNS_PER_APPROVAL = 20

describe('A workbench that runs for a long time', () => {
  const desk = withProgram()
  beforeEach(async () => {
    await desk.setUp()
  })

  it(`retains no more than the conversation in ${TURNS} turns with a command, an answer and scrolling`, async function () {
    this.timeout(TURNS * 3_000)
    const file = join(desk.home, 'samples')
    const workbench = desk.opens({
      args: ['--allowedTools', 'Bash(seq:*)'],
      built: process.env['BUILT'] === '1',
      node: ['--import', PROBE],
      environment: { PROBE: file },
      rows: 20,
    })
    await workbench.sees('ready')
    const samples: WorkbenchSample[] = []
    const frames: number[] = []
    for (let turn = 1; turn <= TURNS; turn++) {
      frames.push(await talk(desk, workbench, turn))
      if (turn % TURNS_PER_SAMPLE === 0)
        samples.push(await probe(workbench, file, samples.length, turn))
    }
    expect(await workbench.quits()).to.equal(0)
    const later = samples.slice(samples.length / 4)
    const [first, last] = [later[0], later.at(-1)]
    const slope = slopeOf(later)
    const [early, late] = [frames.slice(0, 100), frames.slice(-100)].map(slowest)
    process.stdout.write(
      `${Math.round(slope)} bytes of heap per turn, ${Math.round(slopeOf(later, 'rss'))} of memory; ` +
        `${Math.round((last?.rss ?? 0) / 1e6)} MB at last; a key shown within ${early} ms, later ${late} ms\n`,
    )
    expect(slope).to.be.lessThan(MAX_LEAK_BYTES_PER_TURN + TURN_BYTES)
    expect(last?.rss).to.be.lessThan((first?.rss ?? 0) * 1.5)
    for (const one of ['files', 'timers', 'listeners', 'children'] as const) {
      // A connection that is kept alive for the next request may be open or not.
      expect(last?.[one], one).to.be.at.most((first?.[one] ?? 0) + 1)
    }
  })
})

const PROBE = join(import.meta.dirname, '../support/memory-probe.mjs')
const WORDS = 'Some **words** and `code` in a row, as an answer has them. '.repeat(8)
/** Text and output of a turn, which are retained for scrolling back: once as received and once as entries. */
const TURN_BYTES = 2 * (WORDS.length + 692)

interface WorkbenchSample extends Sample {
  readonly rss: number
  readonly timers: number
  readonly listeners: number
  readonly children: number
}

/** Matches requests of the agent, not those for a summary. */
const AGENT = { system: 'You are a coding agent' }

/** Runs one turn. Gives the milliseconds until the typed text was on the screen. */
async function talk(
  desk: CurrentProgram,
  workbench: WorkbenchDriver,
  turn: number,
): Promise<number> {
  const asks = turn % TURNS_PER_APPROVAL === 0
  const command = asks ? `touch f${turn % 7}; seq 200` : 'seq 200'
  desk.model.setTurns([
    { match: AGENT, reasoning: 'Think of it.', calls: [{ name: 'Bash', args: { command } }] },
    { match: AGENT, text: `${WORDS} End of ${turn}.` },
    { sticky: true, text: 'A summary of what was said.' },
  ])
  const from = performance.now()
  await workbench.types(`message ${turn}`).sees(`› message ${turn}`)
  const shown = performance.now() - from
  workbench.presses('enter')
  if (asks) await workbench.sees('approve once').then(() => workbench.presses('y'))
  await workbench.sees(`End of ${turn}.`)
  await workbench.sees('ready')
  for (let page = 0; page < 3; page++) workbench.presses('pageup')
  await workbench.sees('↓ alt+end')
  workbench.presses('alt+end')
  await workbench.seesNoMore('↓ alt+end')
  return shown
}

/** What the idle program holds. It settles first, since a search for left processes may still be reading /proc. */
async function probe(
  workbench: WorkbenchDriver,
  file: string,
  before: number,
  turn: number,
): Promise<WorkbenchSample> {
  await workbench.pty.settle(1_000)
  process.kill(workbench.pty.pid, 'SIGUSR2')
  for (;;) {
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
    const line = lines[before]
    if (lines.length > before + 1 && line !== undefined) return { turn, ...JSON.parse(line) }
    await pause(20)
  }
}

function slowest(times: readonly number[]): number {
  return Math.round(times.toSorted((one, other) => other - one)[1] ?? 0)
}

/** A model with a small context window that answers every request and keeps no record of it. */
function createAnsweringProvider(): Provider {
  const { listModels } = scriptedProvider([], { contextWindow: 16_000 })
  return {
    id: 'scripted',
    title: 'Answering',
    acceptsAnyModel: false,
    listModels,
    async *stream(request, signal) {
      const turn = scriptedProvider([{ text: 'A few words. '.repeat(10) }])
      yield* turn.stream(request, signal)
    },
  }
}

async function sample(turn: number): Promise<Sample> {
  await nextTurn()
  collect()
  await nextTurn()
  collect()
  return { turn, heap: process.memoryUsage().heapUsed, files: readdirSync('/proc/self/fd').length }
}

v8.setFlagsFromString('--expose-gc')
const collect = vm.runInNewContext('gc') as () => void

/** Growth per turn, by least squares. */
function slopeOf<Kind extends Sample>(samples: readonly Kind[], what: keyof Kind = 'heap'): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length
  const x = mean(samples.map((one) => one.turn))
  const y = mean(samples.map((one) => Number(one[what])))
  const above = samples.map((one) => (one.turn - x) * (Number(one[what]) - y))
  const below = samples.map((one) => (one.turn - x) ** 2)
  return mean(above) / mean(below)
}

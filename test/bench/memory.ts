// Memory with and without versions, as ratios (minutes, and 2.5 GB of temporary files): npx tsx test/bench/memory.ts
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { readCliEnvironment } from '../../bin/io/cli-environment.ts'
import { prepareSession } from '../../bin/session-options.ts'
import { parseCommandLine } from '../../lib/cli/parse.ts'
import { connect } from '../../lib/client/connect.ts'
import { createGateway } from '../../lib/client/gateway/gateway.ts'
import { listVersionRows, openHistory } from '../../lib/memory/history.ts'
import { openLocalVersions } from '../../lib/memory/local-versions.ts'
import type { BlockAuthor, BlockRecord } from '../../lib/server/records.ts'
import { openStorage, type Storage } from '../../lib/server/storage/storage.ts'
import { reduceSession } from '../../lib/session/reduce/session.ts'
import { openSession } from '../../lib/session/session.ts'
import { emptySession } from '../../lib/session/state/session-state.ts'
import { createStore } from '../../lib/store.ts'
import { collectGarbage } from '../support/collect-garbage.ts'
import { clientOf, createAgent, openedServer, temporaryDirectory } from '../support/letta-server.ts'

const BLOCKS = 60
const CHARACTERS = 100_000
const VERSIONS = 10_000
const MANY_VERSIONS = 100_000
const ROUNDS = 15
const WRITES = 1000
/** Alternately with and without versions. */
const PROCESSES = 5
const AUTHOR: BlockAuthor = { type: 'client', client: null }

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** Lines of about 60 characters, of which one names the version. */
function textOf(version: number, characters: number): string {
  const line = 'A line of memory that is as long as most lines people write.\n'
  return `Version ${version}\n${line.repeat(Math.ceil(characters / line.length))}`.slice(
    0,
    characters,
  )
}

/** A home directory whose agent has many blocks, and versions in addition to the first of each. Returns the id of the agent. */
async function fillHome(home: string, versions: number): Promise<string> {
  mkdirSync(path.join(home, '.letta'), { recursive: true, mode: 0o700 })
  const database = path.join(home, '.letta', 'letta.db')
  const opened = await openedServer({ database })
  const agentId = await createAgent(opened.client)
  for (let index = 0; index < BLOCKS; index++) {
    const block = await clientOf(opened.server).blocks.create({
      label: `block-${index}`,
      value: textOf(0, CHARACTERS),
      limit: 200_000,
    })
    await opened.client.agents.blocks.attach(block.id, { agent_id: agentId })
  }
  await opened.close()
  const storage = openStorage(database)
  const blocks = storage.blocks.list(null, 1000).filter(({ label }) => label.startsWith('block-'))
  addVersions(storage, blocks, versions, CHARACTERS)
  storage.close()
  return agentId
}

function addVersions(
  storage: Storage,
  blocks: readonly BlockRecord[],
  versions: number,
  characters: number,
): void {
  for (let from = 0; from < versions; from += 500) {
    storage.transaction(() => {
      for (let version = from; version < Math.min(versions, from + 500); version++) {
        const block = blocks[version % blocks.length]
        if (block === undefined) return
        storage.blocks.save({ ...block, value: textOf(version + 1, characters) }, AUTHOR)
      }
    })
  }
  // All have the same value at the end.
  for (const block of blocks)
    storage.blocks.save({ ...block, value: textOf(0, characters) }, AUTHOR)
}

/** Opens the session as the workbench does, and closes it. */
async function openAgent(home: string, directory: string, agentId: string) {
  const env = { HOME: home, PATH: process.env['PATH'] }
  const parsed = parseCommandLine(['--agent', agentId], { stdinIsTerminal: true })
  if (parsed.type !== 'workbench') throw new Error(JSON.stringify(parsed))
  const streams = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr }
  const cli = readCliEnvironment({ ...streams, env, argv: process.argv, cwd: () => directory })
  const { session: options } = await prepareSession(cli, parsed.options, false)
  const store = createStore(emptySession(directory, 0), reduceSession)
  const begun = process.cpuUsage()
  const session = openSession(options, store)
  await session.opened
  const { user, system } = process.cpuUsage(begun)
  return { session, store, milliseconds: (user + system) / 1000 }
}

function proportionalKib(): number {
  const rollup = readFileSync('/proc/self/smaps_rollup', 'utf8')
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1])
}

/** CPU time of the fastest of the rounds, and the least memory: other programs only add to both. */
interface Opening {
  readonly milliseconds: number
  readonly pssKib: number
}

/** In a separate process, so that nothing of another measurement is in its memory. */
function measureOpening(home: string, directory: string, agentId: string): Opening {
  const program = ['--expose-gc', '--import', 'tsx', import.meta.filename]
  const output = execFileSync(process.execPath, [...program, home, directory, agentId], {
    encoding: 'utf8',
    cwd: path.join(import.meta.dirname, '../..'),
  })
  return JSON.parse(output)
}

async function openOnce([home = '', directory = '', agentId = '']: readonly string[]) {
  const times: number[] = []
  let pssKib = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const { session, store, milliseconds } = await openAgent(home, directory, agentId)
    if (store.state.memory.length < BLOCKS) throw new Error('The agent was not opened.')
    times.push(milliseconds)
    if (round < 3) {
      await collectGarbage()
      pssKib = Math.min(pssKib, proportionalKib())
    }
    await session.close()
  }
  process.stdout.write(JSON.stringify({ milliseconds: Math.min(...times), pssKib }))
}

/** The time of one write when the block has this number of versions, and the longest. */
function measureWrites(parent: string, versions: number): { median: number; longest: number } {
  const storage = openStorage(path.join(parent, `${versions}.db`))
  const at = new Date().toISOString()
  const block: BlockRecord = {
    id: 'block-1',
    label: 'human',
    value: '',
    limit: 100_000,
    description: null,
    readOnly: false,
    tags: [],
    metadata: {},
    createdAt: at,
    updatedAt: at,
  }
  storage.blocks.insert(block, AUTHOR)
  addVersions(storage, [block], versions, 2000)
  const times = Array.from({ length: WRITES }, (_, index) => {
    const begun = performance.now()
    storage.blocks.save({ ...block, value: textOf(-index - 1, 2000) }, AUTHOR)
    return performance.now() - begun
  })
  storage.close()
  return { median: median(times), longest: Math.max(...times) }
}

/** The versions that the memory page shows first, with the lines that each of them has changed. */
async function measureHistory(home: string, agentId: string): Promise<number> {
  const database = path.join(home, '.letta', 'letta.db')
  const backend = { type: 'embedded', database, environment: {}, demo: false } as const
  const gateway = createGateway(await connect(backend))
  const history = openHistory(gateway, openLocalVersions(home, 'embedded', Date.now))
  const [block] = (await gateway.blocks.ofAgent(agentId)).filter(({ label }) => label === 'block-0')
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const begun = performance.now()
    await listVersionRows(history, block?.id ?? '', { limit: 10, before: null })
    times.push(performance.now() - begun)
  }
  await gateway.close()
  return median(times)
}

async function main(): Promise<void> {
  const { directory: parent } = await temporaryDirectory()
  const directory = path.join(parent, 'project')
  mkdirSync(directory)
  const homes = ['without', 'with'].map((name) => path.join(parent, name)) as [string, string]
  const [plain, versioned] = [await fillHome(homes[0], 0), await fillHome(homes[1], VERSIONS)]
  const openings = Array.from({ length: PROCESSES }, () => [
    measureOpening(homes[0], directory, plain),
    measureOpening(homes[1], directory, versioned),
  ])
  const [before, after] = [0, 1].map((index) => ({
    milliseconds: median(openings.map((pair) => pair[index]?.milliseconds ?? Number.NaN)),
    pssKib: median(openings.map((pair) => pair[index]?.pssKib ?? Number.NaN)),
  })) as [Opening, Opening]
  const few = measureWrites(parent, 10)
  const many = measureWrites(parent, MANY_VERSIONS)
  const page = await measureHistory(homes[1], versioned)
  rmSync(parent, { recursive: true })
  const rows = [
    `open ${BLOCKS} blocks: ${before.milliseconds.toFixed(1)} ms of CPU time, with ${VERSIONS} versions ${after.milliseconds.toFixed(1)} ms: ${(after.milliseconds / before.milliseconds).toFixed(2)} (bound 1.1)`,
    `PSS: ${(before.pssKib / 1024).toFixed(1)} MiB, with versions ${(after.pssKib / 1024).toFixed(1)} MiB: +${((after.pssKib - before.pssKib) / 1024).toFixed(1)} (bound 2)`,
    `write: ${few.median.toFixed(3)} ms, at ${MANY_VERSIONS} versions ${many.median.toFixed(3)} ms (bound +1); longest ${few.longest.toFixed(1)} and ${many.longest.toFixed(1)} ms`,
    `first versions of a block of ${CHARACTERS} characters: ${page.toFixed(1)} ms`,
  ]
  process.stdout.write(`${rows.join('\n')}\n`)
}

const given = process.argv.slice(2)
await (given.length === 0 ? main() : openOnce(given))

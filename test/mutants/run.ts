/**
 * Measures whether the tests notice mistakes: `npm run mutants [room…] [--only TEXT]`.
 *
 * Reads `test/mutants/<room>.json`, applies each mutant to a temporary copy of the tree, runs the tests that the mutant
 * names, and prints the mutants that survived and the score of each room. A mutant is killed when a test fails or when
 * the run exceeds its time limit (a mutant may loop for ever). Exits with 1 when a room is below its aim.
 *
 * Why not StrykerJS: it generates its mutants and cannot take given ones, and it switches them inside one process, while
 * the guards that matter here are noticed only by tests that start real processes (a server, a shell, a terminal).
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { transformSync } from 'esbuild'
import { findDefects, listRooms, type Mutant, mutate, ROOT, readMutants } from './mutants.ts'
import { copyTree, type TestOutcome, type TreeCopy } from './tree-copy.ts'

/** Share of the mutants that must be killed, in percent. */
const AIMS: Readonly<Record<string, number>> = { ui: 70 }
const DEFAULT_AIM = 80

/** Two test processes keep the two cores of the gate busy; more would make tests of time limits fail. */
const PARALLEL_RUNS = 2

/** A mutant may slow its tests down, or load may: it hangs only after this much more than the tests take without it. */
const LIMIT_FACTOR = 4
const LIMIT_BASE_MS = 20_000
const BASELINE_LIMIT_MS = 300_000

interface Result {
  readonly room: string
  readonly mutant: Mutant
  readonly outcome: TestOutcome
}

const copies: TreeCopy[] = []
process.on('exit', () => {
  for (const copy of copies) copy.remove()
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))

const started = Date.now()
const { rooms, only } = parseArguments(process.argv.slice(2))
const mutants = rooms.flatMap((room) =>
  readMutants(room)
    .filter(({ file, why }) => file.includes(only) || why.includes(only))
    .map((mutant) => ({ room, mutant })),
)
checkMutants(mutants.map(({ mutant }) => mutant))
while (copies.length < PARALLEL_RUNS) copies.push(copyTree())
const durations = await measureBaseline(mutants.flatMap(({ mutant }) => mutant.tests))
const results = await inParallel(mutants, runMutant)
process.exitCode = printScores(results) ? 0 : 1

function parseArguments(args: readonly string[]): { rooms: readonly string[]; only: string } {
  const at = args.indexOf('--only')
  const only = at === -1 ? '' : (args[at + 1] ?? '')
  const named = at === -1 ? args : args.toSpliced(at, 2)
  const unknown = named.filter((room) => !listRooms().includes(room))
  if (unknown.length > 0) {
    stop(`Unknown room: ${unknown.join(', ')}. Available: ${listRooms().join(', ')}.`)
  }
  return { rooms: named.length === 0 ? listRooms() : named, only }
}

/** Stops when a mutant does not apply, or is no program: it would be killed without any test noticing anything. */
function checkMutants(all: readonly Mutant[]): void {
  const defects = all.flatMap((mutant) => {
    const found = findDefects(mutant)
    return found.length > 0 ? found : findSyntaxErrors(mutant)
  })
  if (defects.length > 0) stop(defects.join('\n'))
}

function findSyntaxErrors(mutant: Mutant): readonly string[] {
  try {
    transformSync(mutate(sourceOf(mutant), mutant), { loader: 'ts' })
    return []
  } catch (thrown) {
    return [`${mutant.file}: ${thrown instanceof Error ? thrown.message : thrown}`]
  }
}

/** Runs each test file without a mutant. Gives the milliseconds that each takes; stops when one fails. */
async function measureBaseline(tests: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const measured = new Map<string, number>()
  await inParallel([...new Set(tests)], async (file, copy) => {
    const start = Date.now()
    const { outcome, output } = await copy.test([file], BASELINE_LIMIT_MS)
    if (outcome !== 'passed') stop(`${file} has ${outcome} without a mutant:\n${output}`)
    measured.set(file, Date.now() - start)
  })
  return measured
}

async function runMutant(
  { room, mutant }: Omit<Result, 'outcome'>,
  copy: TreeCopy,
): Promise<Result> {
  const expected = mutant.tests.reduce((sum, file) => sum + (durations.get(file) ?? 0), 0)
  copy.write(mutant.file, mutate(sourceOf(mutant), mutant))
  const { outcome } = await copy.test(mutant.tests, LIMIT_BASE_MS + LIMIT_FACTOR * expected)
  copy.write(mutant.file, sourceOf(mutant))
  if (outcome === 'passed') console.log(describeSurvivor(mutant))
  return { room, mutant, outcome }
}

/** Works the items off, one at a time in each copy. */
async function inParallel<Item, Done>(
  items: readonly Item[],
  work: (item: Item, copy: TreeCopy) => Promise<Done>,
): Promise<readonly Done[]> {
  const queue = [...items]
  const done: Done[] = []
  await Promise.all(
    copies.map(async (copy) => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
        done.push(await work(item, copy))
      }
    }),
  )
  return done
}

/** A survivor as an editor can open it, with the lines that change. */
function describeSurvivor(mutant: Mutant): string {
  const source = sourceOf(mutant)
  const line = source.slice(0, source.indexOf(mutant.find)).split('\n').length
  const marked = (mark: string, text: string): string => text.replaceAll(/^/gm, `  ${mark} `)
  return [
    `survived: ${mutant.file}:${line}: ${mutant.why}`,
    marked('-', mutant.find),
    marked('+', mutant.replace),
  ].join('\n')
}

/** Prints a line per room; gives whether every room reaches its aim. */
function printScores(all: readonly Result[]): boolean {
  console.log(`\n${'room'.padEnd(16)}mutants  killed  (hung)  score   aim`)
  const passes = rooms.map((room) => {
    const own = all.filter((result) => result.room === room)
    const killed = own.filter(({ outcome }) => outcome !== 'passed').length
    const hung = own.filter(({ outcome }) => outcome === 'hung').length
    const score = own.length === 0 ? 100 : Math.floor((100 * killed) / own.length)
    const aim = AIMS[room] ?? DEFAULT_AIM
    const counts = [`${own.length}`.padStart(7), `${killed}`.padStart(8), `${hung}`.padStart(8)]
    console.log(
      `${room.padEnd(16)}${counts.join('')}${`${score} %`.padStart(7)}${`${aim} %`.padStart(6)}`,
    )
    return score >= aim
  })
  console.log(`${Math.round((Date.now() - started) / 1000)} s`)
  return passes.every((isReached) => isReached)
}

function sourceOf({ file }: Mutant): string {
  return readFileSync(path.join(ROOT, file), 'utf8')
}

function stop(message: string): never {
  console.error(message)
  process.exit(1)
}

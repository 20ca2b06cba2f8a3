/**
 * Measures whether the tests notice mistakes: `npm run mutants [room…] [--only TEXT] [--since COMMIT] [--minutes N]`.
 *
 * `--only` takes the mutants whose file or reason contains a text, `--since` those that a commit does not have yet, and
 * `--minutes` as many as fit, in an order that mixes the rooms and differs from commit to commit.
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
import { findDefects, type Mutant, mutate, ROOT } from './mutants.ts'
import { readSelection, type Selected } from './selection.ts'
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

interface Result extends Selected {
  readonly outcome: TestOutcome
}

const copies: TreeCopy[] = []
process.on('exit', () => {
  for (const copy of copies) copy.remove()
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))

const started = Date.now()
const selection = readSelection(process.argv.slice(2))
if ('error' in selection) stop(selection.error)
const { rooms, mutants, minutes } = selection
checkMutants(mutants.map(({ mutant }) => mutant))
while (copies.length < PARALLEL_RUNS) copies.push(copyTree())
const baselines = new Map<string, Promise<number>>()
const results = await inParallel(mutants, runMutant)
process.exitCode = printScores(results) ? 0 : 1

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

/** Runs a test file without a mutant, once. Gives the milliseconds that it takes; stops when it fails. */
function measureBaseline(file: string, copy: TreeCopy): Promise<number> {
  const measure = async (): Promise<number> => {
    const start = Date.now()
    const { outcome, output } = await copy.test([file], BASELINE_LIMIT_MS)
    if (outcome !== 'passed') stop(`${file} has ${outcome} without a mutant:\n${output}`)
    return Date.now() - start
  }
  const measured = baselines.get(file) ?? measure()
  baselines.set(file, measured)
  return measured
}

async function runMutant({ room, mutant }: Selected, copy: TreeCopy): Promise<Result> {
  let expected = 0
  for (const file of mutant.tests) expected += await measureBaseline(file, copy)
  copy.write(mutant.file, mutate(sourceOf(mutant), mutant))
  const { outcome } = await copy.test(mutant.tests, LIMIT_BASE_MS + LIMIT_FACTOR * expected)
  copy.write(mutant.file, sourceOf(mutant))
  if (outcome === 'passed') console.log(describeSurvivor(mutant))
  return { room, mutant, outcome }
}

/** Works the items off, one at a time in each copy, until there are no more or no more time. */
async function inParallel<Item, Done>(
  items: readonly Item[],
  work: (item: Item, copy: TreeCopy) => Promise<Done>,
): Promise<readonly Done[]> {
  const queue = [...items]
  const done: Done[] = []
  const end = started + minutes * 60_000
  const next = (): Item | undefined => (Date.now() < end ? queue.shift() : undefined)
  await Promise.all(
    copies.map(async (copy) => {
      for (let item = next(); item !== undefined; item = next()) {
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
  const left = mutants.length - all.length
  const rest = left === 0 ? '' : `; no time for ${left} more`
  console.log(`${all.length} mutants, ${Math.round((Date.now() - started) / 1000)} s${rest}`)
  return passes.every((isReached) => isReached)
}

function sourceOf({ file }: Mutant): string {
  return readFileSync(path.join(ROOT, file), 'utf8')
}

function stop(message: string): never {
  console.error(message)
  process.exit(1)
}

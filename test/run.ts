// The test command: `npm test` runs all tests, in as many processes as there are cores; `npm test -- FILES` runs these alone.
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import glob from 'fast-glob'
import { type Counts, closingLine, countsOf, sum } from './support/closing-line.ts'

const ROOT = path.join(import.meta.dirname, '..')
const MOCHA = path.join(ROOT, 'node_modules/mocha/bin/mocha.js')

/**
 * Directories whose tests take longest, each in a separate process, the longest first so that none is left over at the end.
 * The contract must stay in one process: it starts the original Letta server once.
 */
const PARTS = ['contract', 'long', 'ui', 'workbench', 'bin'].map((name) => `test/${name}/`)
const REST = 'the other directories'

/** The check of all titles, which loads every test and runs none of them. */
const TITLES = { file: 'test/titles.test.ts', suite: 'The title of every test' }

interface Part {
  readonly name: string
  readonly files: readonly string[]
  /** The only suite that runs; without it, all of the files. */
  readonly suite?: string
}

function partsOf(files: readonly string[]): readonly Part[] {
  const parts = PARTS.map((name) => ({
    name,
    files: files.filter((file) => file.startsWith(name)),
  }))
  const rest = files.filter(
    (file) => file !== TITLES.file && PARTS.every((name) => !file.startsWith(name)),
  )
  return [
    ...parts.slice(0, 2),
    { name: REST, files: rest },
    ...parts.slice(2),
    { name: TITLES.file, files, suite: TITLES.suite },
  ]
}

/** Runs one part and prints what mocha printed, when it has ended: the output of two parts must not mix. */
async function runPart({ name, files, suite }: Part): Promise<Counts> {
  process.stdout.write(`${name}: ${files.length} files …\n`)
  const started = performance.now()
  const run = await execa(
    process.execPath,
    [MOCHA, ...(suite === undefined ? [] : ['--grep', suite]), ...files],
    {
      cwd: ROOT,
      all: true,
      reject: false,
      maxBuffer: 100_000_000,
      stripFinalNewline: false,
    },
  )
  const seconds = Math.round((performance.now() - started) / 1000)
  process.stdout.write(`\n${name} (${seconds} s)\n${run.all}`)
  return countsOf(run.all, run.exitCode === 0)
}

async function runAll(): Promise<Counts> {
  const waiting = [...partsOf(await glob('test/**/*.test.ts', { cwd: ROOT }))]
  const counts: Counts[] = []
  const work = async (): Promise<void> => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift())
      counts.push(await runPart(part))
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return sum(counts)
}

const files = process.argv.slice(2)
if (files.length > 0) {
  const run = await execa(process.execPath, [MOCHA, ...files], {
    cwd: ROOT,
    stdio: 'inherit',
    reject: false,
  })
  process.exitCode = run.exitCode ?? 1
} else {
  const counts = await runAll()
  process.stdout.write(`\n${closingLine(counts)}\n`)
  process.exitCode = counts.failed === 0 ? 0 : 1
}

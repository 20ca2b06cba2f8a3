import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { decide } from '../../../lib/permissions/decide.ts'
import { diskFacts } from '../../../lib/permissions/facts/disk-facts.ts'
import { withFacts } from '../../../lib/permissions/facts/fact-cache.ts'
import { locatePrograms } from '../../../lib/permissions/locate-programs.ts'
import { parseLine } from '../../../lib/permissions/shell/parse/parse-line.ts'
import type { Verdict } from '../../../lib/permissions/types.ts'
import { unattendedEnvironment } from '../../../lib/tools/process/unattended-environment.ts'
import { requestFor } from '../../support/permission-requests.ts'
import type { ProjectDirectory } from '../../support/project-directory.ts'
import { createSeededRandom } from '../../support/seeded-random.ts'
import { createEverydayProject } from './everyday-project.ts'

/** Lines whose output is compared; all of them with COMPARED=10000. */
const COMPARED = Number(process.env['COMPARED'] ?? 120)

/** The share of harmless lines that may ask. Lower it when it can be lower. */
const MAX_ASKED_PERCENT = 2

describe('An everyday command line', () => {
  let directory: ProjectDirectory
  let lines: readonly EverydayLine[]
  const verdicts = new Map<string, Verdict>()
  const times: number[] = []

  before(async function () {
    this.timeout(120_000)
    directory = createEverydayProject()
    const { project, home, bounds } = directory
    lines = readLines(project)
    const policy = { mode: 'default' as const, rules: { allow: [], deny: [], ask: [] }, bounds }
    for (const { line } of lines) {
      const began = performance.now()
      verdicts.set(line, await decide(policy, requestFor('Bash', { command: line }, project, home)))
      times.push(performance.now() - began)
    }
  })

  after(() => directory.remove())

  it('runs without a question when it is harmless, in nearly all cases', () => {
    const harmless = lines.filter(({ isHarmless }) => isHarmless)
    const asked = harmless.filter(({ line }) => verdicts.get(line)?.decision !== 'allow')
    const percent = (100 * asked.length) / harmless.length
    const median = times.toSorted((one, other) => one - other)[times.length >> 1] ?? 0
    process.stdout.write(
      `${harmless.length} harmless lines, ${percent.toFixed(1)} % ask, median decision ${median.toFixed(2)} ms\n`,
    )
    expect(lines.length).to.be.greaterThan(2_000)
    expect(percent).to.be.lessThan(MAX_ASKED_PERCENT)
  })

  it('asks when it changes something, runs code or reads outside the project', () => {
    const others = lines.filter(({ isHarmless }) => !isHarmless)
    const allowed = others.filter(({ line }) => verdicts.get(line)?.decision === 'allow')
    expect(allowed.map(({ line }) => line)).to.deep.equal([])
  })

  it('is printed with the same words, and printed again the same', async () => {
    const { project, home, bounds } = directory
    const policy = { mode: 'default' as const, rules: { allow: [], deny: [], ask: [] }, bounds }
    for (const [line, { runs }] of verdicts) {
      if (runs === undefined) continue
      const again = await decide(policy, requestFor('Bash', { command: runs }, project, home))
      expect(again.runs, line).to.equal(runs)
      // Files are restricted, and numbers stand for the command that counts.
      if (RESTRICTED.test(runs) || line.includes('$(seq ')) continue
      const words = await certainWords(line)
      if (words !== null) expect(await certainWords(runs), line).to.deep.equal(words)
    }
  }).timeout(120_000)

  /** The known words of every command, without those that are only printed; null when there are wildcards. */
  function certainWords(line: string): Promise<readonly string[] | null> {
    return withFacts(directory.bounds, diskFacts, (view) => {
      const { commands } = parseLine(line, view)
      if (commands.some(({ words }) => words.some(({ glob }) => glob !== null))) return null
      const known = commands.map(({ words }) =>
        words
          .flatMap(({ values, isCertain }) => (isCertain ? values : []))
          .filter((value) => !ADDED.has(value))
          .join('\0'),
      )
      // A line with continuation lines is parsed as written and joined.
      return [...new Set(known)]
    })
  }

  it('prints the same as the text that runs in its place', async () => {
    const random = createSeededRandom(Date.now())
    const allowed = [...verdicts].filter(
      ([line, { runs }]) => runs !== undefined && runs !== line && !VARYING.test(line),
    )
    const chosen = allowed.filter(() => random() * allowed.length < COMPARED)
    const differences: string[] = []
    for (const [line, { runs = '' }] of chosen) {
      const [written, printed] = await Promise.all([asWritten(line), asPrinted(runs)])
      if (written !== printed) differences.push(`${line}\n${written}\n---\n${printed}`)
    }
    process.stdout.write(`${chosen.length} lines run as written and as printed\n`)
    expect(differences.join('\n\n')).to.equal('')
  }).timeout(600_000)

  const given = (): Record<string, string> => ({
    PATH: process.env['PATH'] ?? '',
    HOME: directory.home,
    LC_ALL: 'C.UTF-8',
    GIT_PAGER: 'cat',
    GIT_OPTIONAL_LOCKS: '0',
  })

  function asWritten(line: string): Promise<string> {
    return output(['-c', line], given())
  }

  async function asPrinted(runs: string): Promise<string> {
    const options = { directory: directory.project, isTrusted: false, kind: 'readOnly' as const }
    const environment = unattendedEnvironment(given(), options)
    const directories = (environment['PATH'] ?? '').split(path.delimiter)
    const { text } = await locatePrograms(runs, directory.bounds, directories)
    return output(['--norc', '--noprofile', '-p', '-f', '-c', text], environment)
  }

  async function output(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
    const started = run('/bin/bash', args, { cwd: directory.project, env, timeout: 20_000 })
    started.child.stdin?.end()
    return started.then(
      ({ stdout }) => `0 ${stdout}`,
      ({ code, stdout }: { code: number; stdout: string }) => `${code} ${stdout}`,
    )
  }
})

const run = promisify(execFile)

/** What is added so that a program gets only regular files from another. */
const RESTRICTED = /-print0|xargs -0|-Z |-type f -exec/

const CORPUS = path.join(import.meta.dirname, '..', '..', 'cases', 'everyday_lines.json')

interface EverydayLine {
  readonly line: string
  readonly isHarmless: boolean
}

function readLines(project: string): readonly EverydayLine[] {
  const { harmless, others }: Record<string, readonly string[]> = JSON.parse(
    readFileSync(CORPUS, 'utf8'),
  )
  return [...(harmless ?? []), ...(others ?? [])].map((line, at) => ({
    line: line.replaceAll('@PROJECT@', project),
    isHarmless: at < (harmless ?? []).length,
  }))
}

/** Options that are only printed. */
const ADDED = new Set([
  ...['--no-ext-diff', '--no-textconv', '--no-ignore-messages', '--no-dereference', '-fc', '-c'],
])

/** Output that changes from run to run. */
const VARYING =
  /\b(date|uptime|sleep|df|du|time|top|ps|free|stat|full-iso|git show --stat \$)\b|^diff -u <\(/

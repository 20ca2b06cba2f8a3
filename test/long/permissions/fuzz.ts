import { createSeededRandom } from '../../support/seeded-random.ts'
import { findViolations } from './findings.ts'
import {
  environmentFor,
  type GeneratedLine,
  type JudgedLine,
  judgeLine,
  locatedText,
  type RunningLine,
  whatRuns,
} from './judge.ts'
import { chooseIsolation, type Isolation, runLines } from './run-lines.ts'
import type { ScratchProject } from './scratch-project.ts'

export interface LineGenerator {
  readonly name: string
  next(random: () => number, project: ScratchProject): GeneratedLine
}

export interface FuzzReport {
  readonly generator: string
  readonly seed: number
  readonly judged: number
  readonly allowed: number
  readonly executed: number
  readonly timedOut: number
  readonly isolation: Isolation
  readonly findings: readonly FuzzFinding[]
}

export interface FuzzFinding {
  readonly line: string
  readonly runs: string
  readonly what: readonly string[]
}

interface FuzzLimits {
  /** Lines to judge. */
  readonly lines: number
  readonly timeMs: number
  /** Namespaces in which lines run at the same time. */
  readonly parallel: number
}

/** A namespace takes a second to set up, and a hundred lines run in that time. */
const BATCH_SIZE = 1_000

/** More are of the same kind, and running them again takes long. */
const MAX_FINDINGS = 200

/** Git brings the times in its index, and that of a shared part of it, up to date when it reads them. */
const GIT_INDEX = /\/\.git(\/(index|sharedindex\.\w+))?$/

/** Judges generated lines and runs what is allowed. */
export async function fuzz(
  generator: LineGenerator,
  seed: number,
  project: ScratchProject,
  { lines, timeMs, parallel }: FuzzLimits,
): Promise<FuzzReport> {
  const random = createSeededRandom(seed)
  const end = Date.now() + timeMs
  const known = new Set<string>()
  const waiting = new Map<RunningLine['kind'], JudgedLine[]>()
  const running = new Set<Promise<void>>()
  const findings: FuzzFinding[] = []
  let [judged, allowed, executed, timedOut] = [0, 0, 0, 0]

  const start = async (batch: readonly JudgedLine[], kind: RunningLine['kind']): Promise<void> => {
    const environment = environmentFor(kind, project)
    const result = await runLines(
      await Promise.all(batch.map((one) => locatedText(one.running, project))),
      project,
      environment,
    )
    executed += result.lines.length
    for (const [at, line] of result.lines.entries()) {
      const one = batch[at]
      if (one === undefined) continue
      if (line.hasTimedOut) timedOut++
      const what = findViolations(line, one, project)
      if (what.length > 0) findings.push({ line: one.generated.line, runs: line.text, what })
    }
    const changed = result.changedFiles.filter((file) => !GIT_INDEX.test(file))
    if (kind === 'readOnly' && changed.length > 0 && findings.length === 0) {
      const runs = batch.map(({ running: { text } }) => text).join('\n---\n')
      findings.push({ line: '(one of a batch)', runs, what: [`changes ${changed.join(' ')}`] })
    }
  }
  const launch = async (kind: RunningLine['kind']): Promise<void> => {
    const batch = waiting.get(kind) ?? []
    waiting.delete(kind)
    const started: Promise<void> = start(batch, kind).finally(() => running.delete(started))
    running.add(started)
    if (running.size >= parallel) await Promise.race(running)
  }

  while (judged < lines && Date.now() < end && findings.length < MAX_FINDINGS) {
    const generated = generator.next(random, project)
    judged++
    const began = process.cpuUsage()
    const verdict = await judgeLine(generated, project)
    const { user, system } = process.cpuUsage(began)
    const took = (user + system) / 1_000
    if (took > MAX_DECISION_MS)
      findings.push({
        line: generated.line,
        runs: '',
        what: [`takes ${Math.round(took)} ms to decide`],
      })
    if (verdict.decision !== 'allow') continue
    allowed++
    const one = { generated, running: whatRuns(generated.line, verdict) }
    const key = JSON.stringify([one.running, generated.deny])
    if (known.has(key)) continue
    known.add(key)
    if (one.running.kind !== 'written') {
      const again = await judgeLine({ ...generated, line: one.running.text }, project)
      if (again.runs !== one.running.text)
        findings.push({
          line: generated.line,
          runs: one.running.text,
          what: [`is printed again as ${again.runs}`],
        })
    }
    const list = waiting.get(one.running.kind) ?? []
    list.push(one)
    waiting.set(one.running.kind, list)
    if (list.length >= BATCH_SIZE) await launch(one.running.kind)
  }
  for (const kind of [...waiting.keys()]) await launch(kind)
  await Promise.all(running)
  const isolation = chooseIsolation()
  return {
    generator: generator.name,
    seed,
    judged,
    allowed,
    executed,
    timedOut,
    isolation,
    findings,
  }
}

/** A person waits for the decision. In CPU time of this process, which also reads what other lines did meanwhile. */
const MAX_DECISION_MS = 2_000

export function describeReport(report: FuzzReport): string {
  const { generator, seed, isolation } = report
  return `${generator}, seed ${seed}: ${describeCounts([report])} (${isolation})\n`
}

export function describeCounts(reports: readonly FuzzReport[]): string {
  const sum = (name: 'judged' | 'allowed' | 'executed' | 'timedOut'): number =>
    reports.reduce((total, report) => total + report[name], 0)
  const findings = reports.flatMap((report) => report.findings)
  return [
    `${sum('judged')} judged`,
    `${sum('allowed')} allowed`,
    `${sum('executed')} executed`,
    `${sum('timedOut')} timed out`,
    `${findings.length} findings`,
  ].join(', ')
}

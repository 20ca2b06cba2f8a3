/** What a run of tests counted. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

const CLOSING_LINE = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm

/** The line that CI and people read, as `reporter.cjs` prints it. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/**
 * The counts in the output of one process. One that ended without a closing line, or with an error although no test failed, counts
 * as one failure more: a crash must not pass for success.
 */
export function countsOf(output: string, isSuccess: boolean): Counts {
  const last = [...output.matchAll(CLOSING_LINE)].at(-1)
  const [, passed = 0, failed = 0, skipped = 0] = last ?? []
  const counts = { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) }
  const isComplete = last !== undefined && (isSuccess || counts.failed > 0)
  return isComplete ? counts : { ...counts, failed: counts.failed + 1 }
}

export function sum(parts: readonly Counts[]): Counts {
  const total = (key: keyof Counts): number => parts.reduce((count, part) => count + part[key], 0)
  return { passed: total('passed'), failed: total('failed'), skipped: total('skipped') }
}

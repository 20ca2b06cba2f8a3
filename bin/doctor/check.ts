import type { CHECK_NAMES } from './messages.ts'

/** Stable, for `--json`. */
type CheckId = keyof typeof CHECK_NAMES

/** The result of one check. */
export interface Check {
  readonly id: CheckId
  readonly status: 'ok' | 'warning' | 'failure'
  /** What is there, in one line. */
  readonly found: string
  /** What the user can do, one line each; empty when everything is fine. */
  readonly advice: readonly string[]
}

export const ok = (id: CheckId, found: string): Check => ({ id, status: 'ok', found, advice: [] })

export const warning = (id: CheckId, found: string, ...advice: readonly string[]): Check => ({
  id,
  status: 'warning',
  found,
  advice,
})

export const failure = (id: CheckId, found: string, ...advice: readonly string[]): Check => ({
  id,
  status: 'failure',
  found,
  advice,
})

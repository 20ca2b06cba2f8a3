/** The result of one check. */
export interface Check {
  /** Stable, for `--json`. */
  readonly id: string
  readonly status: 'ok' | 'warning' | 'failure'
  /** What is there, in one line. */
  readonly found: string
  /** What the user can do, one line each; empty when everything is fine. */
  readonly advice: readonly string[]
}

export const ok = (id: string, found: string): Check => ({ id, status: 'ok', found, advice: [] })

export const warning = (id: string, found: string, ...advice: readonly string[]): Check => ({
  id,
  status: 'warning',
  found,
  advice,
})

export const failure = (id: string, found: string, ...advice: readonly string[]): Check => ({
  id,
  status: 'failure',
  found,
  advice,
})

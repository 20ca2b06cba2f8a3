import type { Row } from './row.ts'

/** Rows whose count is known at once and which are rendered on request, as there may be many. */
export interface LazyRows {
  readonly count: number
  /** Where hunks begin. */
  readonly hunkRows: readonly number[]
  /** Rows of a half-open range. */
  slice(from: number, to: number): readonly Row[]
  /** All of them. */
  readonly rows: readonly Row[]
}

/** Lazy rows from existing rows. */
export function toLazyRows(rows: readonly Row[]): LazyRows {
  const slice = (from: number, to: number): readonly Row[] =>
    rows.slice(Math.max(0, from), Math.max(0, to))
  return { count: rows.length, hunkRows: [], slice, rows }
}

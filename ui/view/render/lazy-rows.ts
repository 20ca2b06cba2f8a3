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

/** A part of lazy rows: `rows` is called once, when one of its rows is first requested. */
export interface LazyRowsPart {
  readonly count: number
  rows(): readonly Row[]
}

export function sheetOf(
  parts: readonly LazyRowsPart[],
  hunkRows: readonly number[] = [],
): LazyRows {
  const painted = new Map<LazyRowsPart, readonly Row[]>()
  const paint = (part: LazyRowsPart): readonly Row[] => {
    const rows = painted.get(part) ?? part.rows()
    painted.set(part, rows)
    return rows
  }
  const count = parts.reduce((sum, part) => sum + part.count, 0)
  const slice = (from: number, to: number): readonly Row[] => {
    const rows: Row[] = []
    let start = 0
    for (const part of parts) {
      const end = start + part.count
      if (end > from && start < to) {
        const visible = paint(part).slice(Math.max(0, from - start), Math.max(0, to - start))
        for (const one of visible) rows.push(one)
      }
      start = end
    }
    return rows
  }
  return {
    count,
    hunkRows,
    slice,
    get rows() {
      return slice(0, count)
    },
  }
}

/** Lazy rows from existing rows. */
export function toLazyRows(rows: readonly Row[]): LazyRows {
  return sheetOf([{ count: rows.length, rows: () => rows }])
}

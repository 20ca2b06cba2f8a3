import type { Row } from './row.ts'

/** Rows that may be many: how many is known at once, each is painted when it is asked for. */
export interface LazyRows {
  readonly count: number
  /** Where hunks begin. */
  readonly hunkRows: readonly number[]
  /** Rows of a half-open range. */
  slice(from: number, to: number): readonly Row[]
  /** All of them. */
  readonly rows: readonly Row[]
}

/** A part of a sheet: `rows` is called once, when a row of it is wanted. */
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
      if (end > from && start < to)
        rows.push(...paint(part).slice(Math.max(0, from - start), Math.max(0, to - start)))
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

/** A sheet of rows that are there already. */
export function toLazyRows(rows: readonly Row[]): LazyRows {
  return sheetOf([{ count: rows.length, rows: () => rows }])
}

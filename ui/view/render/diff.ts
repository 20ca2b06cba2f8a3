import { partitionPoint } from '../../../lib/util/partition-point.ts'
import {
  type DiffOptions,
  type DiffPage,
  type DiffPreview,
  type DiffView,
  PLAIN_VIEW,
  pageFor,
} from './diff-page.ts'
import type { RenderOptions } from './formatter.ts'
import type { LazyRows } from './lazy-rows.ts'
import { hunkHeaderRows, type MeasuredHunks, measureHunks } from './measure-diff.ts'
import { previewTexts } from './messages.ts'
import { EMPTY_ROW, type Row, row, styled } from './row.ts'
import { cleanLine, revealRow } from './sanitize.ts'
import { wrap } from './wrap.ts'

/**
 * A diff for approval: header, hunks, numbers and signs, with syntax colors below those of the change. Invisible
 * characters are spelled out. Rows are rendered on request (`slice`), so a long diff opens as fast as a short one.
 */
export function renderDiff(
  preview: DiffPreview,
  columns: number,
  { styles, formatter, view = PLAIN_VIEW }: RenderOptions & { readonly view?: DiffView },
): DiffRows {
  const known = cache.get(preview)
  const fits =
    known?.columns === columns &&
    known.styles === styles &&
    known.formatter === formatter &&
    known.view === view
  if (fits) return known.sheet
  const sheet = layDiff(preview, columns, { styles, formatter, view })
  cache.set(preview, { columns, styles, formatter, view, sheet })
  newest.push(new WeakRef(preview))
  if (newest.length > MAX_SHEETS) {
    const oldest = newest.shift()?.deref()
    if (oldest !== undefined) cache.delete(oldest)
  }
  return sheet
}

// The keys are weak: the value is freed together with its preview.
const cache = new WeakMap<
  DiffPreview,
  RenderOptions & { columns: number; view: DiffView; sheet: DiffRows }
>()
/** A conversation keeps the previews of all of its changes: only those laid out last keep their rows. */
const MAX_SHEETS = 20
const newest: WeakRef<DiffPreview>[] = []

function layDiff(preview: DiffPreview, columns: number, options: DiffOptions): DiffRows {
  const page = pageFor(preview, columns, options)
  return toDiffRows(headerRows(preview, page), measureHunks(preview.hunks, page), page)
}

/** The rows of a diff, and which line of it each row belongs to. Changed lines are numbered as in `RejectedLines`. */
export interface DiffRows extends LazyRows {
  /** Changed lines of which only the beginning is shown. */
  readonly cutLines: number
  readonly changedCount: number
  /** The first row of a changed line. */
  rowOfChangedLine(line: number): number
  /** The row after its last one. */
  endOfChangedLine(line: number): number
  /** None for the header and for context; two where the old and the new line are side by side. */
  changedLinesAt(row: number): readonly number[]
  /** Index of the hunk; -1 for the header. */
  hunkAt(row: number): number
}

/** Whether the rows are those of a diff. */
export function isDiffRows(rows: LazyRows): rows is DiffRows {
  return 'changedLinesAt' in rows
}

/** Hunks are painted in blocks of this many lines, or pairs of lines. */
const BLOCK_ITEMS = 100

function toDiffRows(top: readonly Row[], measured: MeasuredHunks, page: DiffPage): DiffRows {
  const { hunks, hunkItems, starts, ends, changes, otherChanges, itemOfChange } = measured
  const hunkRows = measured.hunkRows.map((row) => row + top.length)
  const count = measured.count + top.length
  const headers = new Map<number, readonly Row[]>()
  const blocks = new Map<number, readonly Row[]>()
  const once = (
    painted: Map<number, readonly Row[]>,
    at: number,
    paint: () => readonly Row[],
  ): readonly Row[] => {
    const rows = painted.get(at) ?? paint()
    painted.set(at, rows)
    return rows
  }
  const hunkAt = (row: number): number => lastAtOrBefore(hunkRows, row)
  const itemAt = (row: number): number => lastAtOrBefore(starts, row - top.length)
  const slice = (from: number, to: number): readonly Row[] => {
    const rows: Row[] = []
    const add = (start: number, part: readonly Row[]): void => {
      const end = Math.min(part.length, to - start)
      for (let at = Math.max(0, from - start); at < end; at++) rows.push(part[at] ?? EMPTY_ROW)
    }
    add(0, top)
    for (let at = Math.max(0, hunkAt(from)); at < hunks.length; at++) {
      const hunk = hunks[at]
      const start = hunkRows[at] ?? 0
      if (hunk === undefined || start >= to) break
      add(
        start,
        once(headers, at, () => hunkHeaderRows(hunk, page)),
      )
      const first = hunkItems[at] ?? 0
      const last = hunkItems[at + 1] ?? 0
      const skipped = Math.max(0, itemAt(from) - first)
      for (let item = first + skipped - (skipped % BLOCK_ITEMS); item < last; item += BLOCK_ITEMS) {
        const blockStart = (starts[item] ?? 0) + top.length
        if (blockStart >= to) break
        const range = { from: item, to: Math.min(last, item + BLOCK_ITEMS) }
        add(
          blockStart,
          once(blocks, item, () => measured.paint(at, range)),
        )
      }
    }
    return rows
  }
  return {
    cutLines: measured.cutLines,
    changedCount: itemOfChange.length,
    count,
    hunkRows,
    slice,
    get rows() {
      return slice(0, count)
    },
    rowOfChangedLine(line) {
      const item = itemOfChange[line]
      return item === undefined ? 0 : (starts[item] ?? 0) + top.length
    },
    endOfChangedLine(line) {
      const item = itemOfChange[line]
      return item === undefined ? 0 : (ends[item] ?? 0) + top.length
    },
    changedLinesAt(row) {
      const item = itemAt(row)
      if (item < 0 || row - top.length >= (ends[item] ?? 0)) return []
      return [changes[item] ?? -1, otherChanges[item] ?? -1].filter((line) => line >= 0)
    },
    hunkAt,
  }
}

/** The index of the last number of a sorted list that is not greater than `limit`; -1 when all are. */
function lastAtOrBefore(sorted: ArrayLike<number>, limit: number): number {
  return partitionPoint(sorted.length, (at) => (sorted[at] ?? 0) <= limit) - 1
}

function headerRows(preview: DiffPreview, { columns, styles }: DiffPage): readonly Row[] {
  const path = escapeLineBreaks(revealRow(preview.path, styles.warning))
  const header = row(
    styled(styles.title, path),
    ...(preview.created ? [' ', styled(styles.info, previewTexts.newFile)] : []),
    // A new file has only added lines: what is zero is no news.
    ...(preview.added > 0 ? [' ', styled(styles.success, `+${preview.added}`)] : []),
    ...(preview.removed > 0 ? [' ', styled(styles.toolFailed, `−${preview.removed}`)] : []),
  )
  const rows = wrap(header, columns, { breaks: 'anywhere' })
  if (preview.remark === null) return rows
  return [...rows, ...wrap(styled(styles.muted, cleanLine(preview.remark)), columns)]
}

function escapeLineBreaks(content: Row): Row {
  return content.map(({ text, style }) => ({ text: text.replaceAll('\n', '\\n'), style }))
}

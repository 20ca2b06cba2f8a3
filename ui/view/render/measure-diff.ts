import { type Hunk, type HunkLine, hunkHeader } from '../../../lib/util/unified-diff.ts'
import { mostCells, widestLine } from '../../../lib/util/widest-line.ts'
import { type ItemRange, paintLines, paintPairs, SPLIT_RULE, shownLine } from './diff-lines.ts'
import { type DiffPage, withRoom } from './diff-page.ts'
import { type Row, row, styled } from './row.ts'
import { cleanLine } from './sanitize.ts'
import { countRows, truncate, wrap } from './wrap.ts'

/**
 * Where each item of each hunk is: an item is a line, or a pair of lines side by side. Items and changed lines are numbered through
 * the diff, rows from the end of its header. Nothing is rendered yet, and all of it is numbers: a diff may have 100,000 lines.
 */
export interface MeasuredHunks {
  readonly hunks: readonly Hunk[]
  readonly hunkRows: readonly number[]
  /** The first item of each hunk, and the number of all items. */
  readonly hunkItems: readonly number[]
  readonly count: number
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** The changed line of an item, and the other one where two are side by side; -1 for none. */
  readonly changes: Int32Array
  readonly otherChanges: Int32Array
  readonly itemOfChange: Int32Array
  readonly cutLines: number
  paint(hunk: number, items: ItemRange): readonly Row[]
}

export function measureHunks(hunks: readonly Hunk[], page: DiffPage): MeasuredHunks {
  return isSideBySide(page) ? measureSplit(hunks, page) : measureUnified(hunks, page)
}

function lineCount(hunks: readonly Hunk[]): number {
  return hunks.reduce((sum, { lines }) => sum + lines.length, 0)
}

function measureUnified(hunks: readonly Hunk[], page: DiffPage): MeasuredHunks {
  const items = lineCount(hunks)
  const starts = new Int32Array(items)
  const ends = new Int32Array(items)
  const changes = new Int32Array(items)
  const itemOfChange = new Int32Array(items)
  const hunkRows: number[] = []
  const hunkItems: number[] = [0]
  let [row, item, change, cutLines] = [0, 0, 0, 0]
  for (const hunk of hunks) {
    hunkRows.push(row)
    row += headerCount(hunk, page)
    const { lines } = hunk
    const isNarrow = widestLine(lines) <= page.room
    for (let at = 0; at < lines.length; at++) {
      const isContext = lines[at]?.type === 'context'
      starts[item] = row
      row += isNarrow ? 1 : rowCount(lines, at, page)
      ends[item] = row
      changes[item] = isContext ? -1 : change
      if (!isContext) {
        if (!isNarrow && isCut(lines, at, page)) cutLines++
        itemOfChange[change++] = item
      }
      item++
    }
    hunkItems.push(item)
  }
  return {
    hunks,
    hunkRows,
    hunkItems,
    count: row,
    starts,
    ends,
    changes,
    otherChanges: NO_CHANGES,
    itemOfChange: itemOfChange.subarray(0, change),
    cutLines,
    paint(at, { from, to }) {
      const first = hunkItems[at] ?? 0
      return paintLines(hunks[at]?.lines ?? [], { from: from - first, to: to - first }, page)
    },
  }
}

const NO_CHANGES = new Int32Array(0)

/** None for a new file: what follows is all of it, as the header of the diff says. */
export function hunkHeaderRows(hunk: Hunk, { columns, styles, isNew }: DiffPage): readonly Row[] {
  if (isNew) return []
  const rows = wrap(styled(styles.diffHunk, hunkHeader(hunk)), columns)
  const [header] = rows
  const { section } = hunk
  if (header === undefined || rows.length > 1 || section === undefined) return rows
  if (isBelow(section, hunk)) return rows
  // It is not worth a separate row.
  return [truncate(row(header, ' ', styled(styles.muted, cleanLine(section))), columns)]
}

/** Whether a line says it between the header and the first change. */
function isBelow(section: string, { lines }: Hunk): boolean {
  const first = lines.findIndex(({ type }) => type !== 'context')
  return lines.slice(0, first).some(({ text }) => text.trim().startsWith(section))
}

/** Cells that any header of a hunk has room in. */
const HEADER_COLUMNS = 60

function headerCount(hunk: Hunk, page: DiffPage): number {
  return page.columns >= HEADER_COLUMNS && !page.isNew ? 1 : hunkHeaderRows(hunk, page).length
}

/** From this width on both texts fit next to each other: in a pane of 100 columns, with margins and the marks of hunks. */
export const MIN_SPLIT_COLUMNS = 94

function isSideBySide({ view, columns }: DiffPage): boolean {
  return view.isSplit && columns >= MIN_SPLIT_COLUMNS
}

/** A removed line and the added line that replaces it share a row. */
function measureSplit(hunks: readonly Hunk[], page: DiffPage): MeasuredHunks {
  const columns = (page.columns - SPLIT_RULE.length) >> 1
  const pages = {
    left: withRoom({ ...page, columns, newDigits: 0 }),
    right: withRoom({ ...page, columns, oldDigits: 0 }),
  }
  const items = lineCount(hunks)
  const starts = new Int32Array(items)
  const ends = new Int32Array(items)
  const changes = new Int32Array(items)
  const otherChanges = new Int32Array(items)
  const itemOfChange = new Int32Array(items)
  // Lines within the hunk; -1 where a side has none.
  const leftLines = new Int32Array(items)
  const rightLines = new Int32Array(items)
  const hunkRows: number[] = []
  const hunkItems: number[] = [0]
  let [row, item, change, cutLines] = [0, 0, 0, 0]
  let isNarrow = false
  const place = (lines: readonly HunkLine[], left: number, right: number): void => {
    starts[item] = row
    if (isNarrow) row++
    else row += pairRowCount(lines, { left, right }, pages)
    ends[item] = row
    leftLines[item] = left
    rightLines[item] = right
    item++
  }
  for (const hunk of hunks) {
    hunkRows.push(row)
    row += headerCount(hunk, page)
    const { lines } = hunk
    isNarrow = widestLine(lines) <= Math.min(pages.left.room, pages.right.room)
    let at = 0
    while (at < lines.length) {
      if (lines[at]?.type === 'context') {
        changes[item] = -1
        otherChanges[item] = -1
        place(lines, at, at)
        at++
        continue
      }
      const removed = at
      while (lines[at]?.type === 'removed') at++
      const added = at
      while (lines[at]?.type === 'added') at++
      const counts = [added - removed, at - added] as const
      for (let pair = 0; pair < Math.max(...counts); pair++) {
        const left = pair < counts[0] ? removed + pair : -1
        const right = pair < counts[1] ? added + pair : -1
        const [leftChange, rightChange] = [change + pair, change + counts[0] + pair]
        changes[item] = left < 0 ? -1 : leftChange
        otherChanges[item] = right < 0 ? -1 : rightChange
        if (left >= 0) itemOfChange[leftChange] = item
        if (right >= 0) itemOfChange[rightChange] = item
        if (!isNarrow && left >= 0 && isCut(lines, left, pages.left)) cutLines++
        if (!isNarrow && right >= 0 && isCut(lines, right, pages.right)) cutLines++
        place(lines, left, right)
      }
      change += counts[0] + counts[1]
    }
    hunkItems.push(item)
  }
  return {
    hunks,
    hunkRows,
    hunkItems,
    count: row,
    starts: starts.subarray(0, item),
    ends: ends.subarray(0, item),
    changes,
    otherChanges,
    itemOfChange: itemOfChange.subarray(0, change),
    cutLines,
    paint: (at, { from, to }) =>
      paintPairs(
        hunks[at]?.lines ?? [],
        { left: leftLines.subarray(from, to), right: rightLines.subarray(from, to) },
        pages,
      ),
  }
}

/** The higher of two lines next to each other; -1 for none. */
function pairRowCount(
  lines: readonly HunkLine[],
  { left, right }: { readonly left: number; readonly right: number },
  pages: { readonly left: DiffPage; readonly right: DiffPage },
): number {
  const before = left < 0 ? 0 : rowCount(lines, left, pages.left)
  // Both numbers leave the same room where the files have as many digits of lines.
  const isSame = left === right && pages.left.room === pages.right.room
  const after = isSame ? before : right < 0 ? 0 : rowCount(lines, right, pages.right)
  return Math.max(before, after)
}

function isCut(lines: readonly HunkLine[], at: number, page: DiffPage): boolean {
  return !page.view.isWrapped && lineRows(lines, at, page) > 1
}

function rowCount(lines: readonly HunkLine[], at: number, page: DiffPage): number {
  const own = page.view.isWrapped ? lineRows(lines, at, page) : 1
  return lines[at]?.noNewline === true ? own + 1 : own
}

/** The rows of a line that is wrapped. Most have one, which is seen without rendering them. */
function lineRows(lines: readonly HunkLine[], at: number, page: DiffPage): number {
  const text = lines[at]?.text ?? ''
  if (text.length <= page.room && mostCells(text) <= page.room) return 1
  const isShownAsIs = lines[at]?.type === 'context' && !page.view.showsBlanks
  if (isShownAsIs && PRINTABLE_TO_END.test(text)) return countRows(text, page.room)
  return countRows(shownLine(lines, at, page).text, page.room)
}

/** Without blanks at the end, which are not shown. */
const PRINTABLE_TO_END = /^[\x20-\x7e]*[\x21-\x7e]$/

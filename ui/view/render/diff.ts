import type { Preview } from '../../../lib/tools/tool.ts'
import { partitionPoint } from '../../../lib/util/partition-point.ts'
import { type Hunk, type HunkLine, hunkHeader } from '../../../lib/util/unified-diff.ts'
import { fitsInRow } from './fits-in-row.ts'
import { type RenderOptions, renderCode } from './formatter.ts'
import { languageOf } from './highlight-code.ts'
import { highlightRanges, type TextRange } from './highlight-ranges.ts'
import type { LazyRows } from './lazy-rows.ts'
import { previewTexts } from './messages.ts'
import { EMPTY_ROW, type Row, row, styled } from './row.ts'
import { cleanLine, escapeControlCharacters, revealRow } from './sanitize.ts'
import { textWidth } from './width.ts'
import { changedWords } from './word-diff.ts'
import { countRows, pad, truncate, wrap } from './wrap.ts'

export type DiffPreview = Extract<Preview, { type: 'diff' }>

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
  return sheet
}

/** How a diff is shown. */
export interface DiffView {
  /** Old and new text next to each other, where there is room. */
  readonly isSplit: boolean
  /** Long lines are wrapped; otherwise they are cut. */
  readonly isWrapped: boolean
  /** All blanks are visible, not only those that a change concerns. */
  readonly showsBlanks: boolean
}

export const PLAIN_VIEW: DiffView = { isSplit: false, isWrapped: true, showsBlanks: false }

// The keys are weak: the value is freed together with its preview.
const cache = new WeakMap<
  DiffPreview,
  RenderOptions & { columns: number; view: DiffView; sheet: DiffRows }
>()

/** The options that a diff is laid out with. */
interface DiffPage extends RenderOptions {
  readonly columns: number
  readonly view: DiffView
  readonly language: string
  /** The width of a line number in cells; 0 hides the old one. */
  readonly oldDigits: number
  readonly newDigits: number
  /** Columns for the text of a line. */
  readonly room: number
}

type DiffOptions = RenderOptions & { readonly view: DiffView }

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

function pageFor(
  { path, hunks }: DiffPreview,
  columns: number,
  { styles, formatter, view }: DiffOptions,
): DiffPage {
  const oldDigits = digitsOf(hunks, 'oldNumber')
  const newDigits = digitsOf(hunks, 'newNumber')
  const language = languageOf(path)
  const page = { columns, styles, formatter, view, language }
  return columns < TWO_NUMBERS_COLUMNS
    ? withRoom({ ...page, oldDigits: 0, newDigits: Math.max(oldDigits, newDigits) })
    : withRoom({ ...page, oldDigits, newDigits })
}

/** The digits of the last line number, which is the largest. */
function digitsOf(hunks: readonly Hunk[], side: 'oldNumber' | 'newNumber'): number {
  for (const { lines } of hunks.toReversed()) {
    const last = lines.findLast((line) => line[side] !== null)?.[side]
    if (last !== undefined) return String(last).length
  }
  return 0
}

function withRoom(page: Omit<DiffPage, 'room'>): DiffPage {
  const { oldDigits, newDigits } = page
  const gutter = columnsOf(oldDigits) + columnsOf(newDigits) + SIGN.length
  return { ...page, room: Math.max(MIN_ROOM_COLUMNS, page.columns - gutter) }
}

function columnsOf(digits: number): number {
  return digits === 0 ? 0 : digits + 1
}

const SIGN = '+ '
const MIN_ROOM_COLUMNS = 8

/** Below this width there is room for only one column of numbers. */
const TWO_NUMBERS_COLUMNS = 60

function headerRows(preview: DiffPreview, { columns, styles }: DiffPage): readonly Row[] {
  const path = escapeLineBreaks(revealRow(preview.path, styles.warning))
  const header = row(
    styled(styles.title, path),
    ...(preview.created ? [' ', styled(styles.info, previewTexts.newFile)] : []),
    ' ',
    styled(styles.success, `+${preview.added}`),
    ' ',
    styled(styles.error, `−${preview.removed}`),
  )
  const rows = wrap(header, columns, { breaks: 'anywhere' })
  if (preview.remark === null) return rows
  return [...rows, ...wrap(styled(styles.muted, cleanLine(preview.remark)), columns)]
}

function escapeLineBreaks(content: Row): Row {
  return content.map(({ text, style }) => ({ text: text.replaceAll('\n', '\\n'), style }))
}

/** A line for display, with tabs expanded and invisible characters spelled out. */
interface ShownLine {
  readonly line: HunkLine
  readonly text: string
  /** The line it replaces or is replaced by. */
  readonly partner: number
}

/** Items `from` up to `to`. */
interface ItemRange {
  readonly from: number
  readonly to: number
}

/**
 * Where each item of each hunk is: an item is a line, or a pair of lines side by side. Items and changed lines are numbered through
 * the diff, rows from the end of its header. Nothing is rendered yet, and all of it is numbers: a diff may have 100,000 lines.
 */
interface MeasuredHunks {
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

function measureHunks(hunks: readonly Hunk[], page: DiffPage): MeasuredHunks {
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
    for (let at = 0; at < lines.length; at++) {
      const isContext = lines[at]?.type === 'context'
      starts[item] = row
      row += rowCount(lines, at, page)
      ends[item] = row
      changes[item] = isContext ? -1 : change
      if (!isContext) {
        if (isCut(lines, at, page)) cutLines++
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

function hunkHeaderRows(hunk: Hunk, { columns, styles }: DiffPage): readonly Row[] {
  return wrap(styled(styles.diffHunk, hunkHeader(hunk)), columns)
}

/** Cells that any header of a hunk has room in. */
const HEADER_COLUMNS = 60

function headerCount(hunk: Hunk, page: DiffPage): number {
  return page.columns >= HEADER_COLUMNS ? 1 : hunkHeaderRows(hunk, page).length
}

/** From this width on both texts fit next to each other. */
export const MIN_SPLIT_COLUMNS = 100

function isSideBySide({ view, columns }: DiffPage): boolean {
  return view.isSplit && columns >= MIN_SPLIT_COLUMNS
}

const SPLIT_RULE = ' │ '

/** The pages of both sides. */
interface SidePages {
  readonly left: DiffPage
  readonly right: DiffPage
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
  const place = (lines: readonly HunkLine[], left: number, right: number): void => {
    starts[item] = row
    row += Math.max(
      left < 0 ? 0 : rowCount(lines, left, pages.left),
      right < 0 ? 0 : rowCount(lines, right, pages.right),
    )
    ends[item] = row
    leftLines[item] = left
    rightLines[item] = right
    item++
  }
  for (const hunk of hunks) {
    hunkRows.push(row)
    row += headerCount(hunk, page)
    const { lines } = hunk
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
        if (left >= 0 && isCut(lines, left, pages.left)) cutLines++
        if (right >= 0 && isCut(lines, right, pages.right)) cutLines++
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

function paintPairs(
  lines: readonly HunkLine[],
  pairs: { readonly left: Int32Array; readonly right: Int32Array },
  pages: SidePages,
): readonly Row[] {
  const { styles } = pages.left
  const paint = (side: 'left' | 'right'): ReadonlyMap<number, readonly Row[]> => {
    const own = [...pairs[side]].filter((at) => at >= 0)
    const shown = own.map((at) => showLine(lines, at, pages[side]))
    const colored = colorLines(shown, pages[side])
    return new Map(
      shown.map((one, index) => {
        const text = colored[index] ?? row(one.text)
        const ranges = wordRanges(one, lines, pages[side])
        return [own[index] ?? -1, paintLine(one.line, text, ranges, pages[side])]
      }),
    )
  }
  const left = paint('left')
  const right = paint('right')
  const rule = styled(styles.border, SPLIT_RULE)
  return Array.from(pairs.left, (_, pair) => {
    const before = left.get(pairs.left[pair] ?? -1) ?? []
    const after = right.get(pairs.right[pair] ?? -1) ?? []
    return Array.from({ length: Math.max(before.length, after.length) }, (_row, at) =>
      row(pad(before[at] ?? EMPTY_ROW, pages.left.columns), rule, after[at] ?? EMPTY_ROW),
    )
  }).flat()
}

function showLine(lines: readonly HunkLine[], at: number, { view }: DiffPage): ShownLine {
  const line = lines[at] ?? NO_LINE
  const partner = line.type === 'context' ? -1 : (partnersOf(lines)[at] ?? -1)
  const other = lines[partner]
  const isBlankChange = other !== undefined && bare(other.text) === bare(line.text)
  const isMarked = isBlankChange || view.showsBlanks
  return { line, text: isMarked ? showBlanks(line.text) : showText(line), partner }
}

const NO_LINE: HunkLine = { type: 'context', text: '', oldNumber: null, newNumber: null }

function bare(text: string): string {
  return text.replace(/\s+/g, '')
}

const knownPartners = new WeakMap<readonly HunkLine[], Int32Array>()

/** Pairs removed lines with the added lines that follow them: first with first, and so on; -1 for none. */
function partnersOf(lines: readonly HunkLine[]): Int32Array {
  const known = knownPartners.get(lines)
  if (known !== undefined) return known
  const partners = new Int32Array(lines.length).fill(-1)
  let index = 0
  while (index < lines.length) {
    const start = index
    while (lines[index]?.type === 'removed') index++
    const middle = index
    while (lines[index]?.type === 'added') index++
    for (let step = 0; step < Math.min(middle - start, index - middle); step++) {
      partners[start + step] = middle + step
      partners[middle + step] = start + step
    }
    if (index === start) index++
  }
  knownPartners.set(lines, partners)
  return partners
}

// Blanks at the end of an added line are an invisible change, so they are marked. The line ends of the file are not.
function showText({ type: kind, text }: HunkLine): string {
  const line = text.endsWith('\r') ? text.slice(0, -1) : text
  const body = line.replace(/(?<![ \t])[ \t]+$/, '')
  const shown = expandTabs(escapeControlCharacters(body))
  return kind === 'added' ? shown + showBlanks(line.slice(body.length)) : shown
}

function showBlanks(text: string): string {
  return escapeControlCharacters(text).replaceAll(' ', '·').replaceAll('\t', '→   ')
}

function expandTabs(text: string): string {
  const [first = '', ...rest] = text.split('\t')
  return rest.reduce(
    (before, part) => before + ' '.repeat(TAB_STOP - (textWidth(before) % TAB_STOP)) + part,
    first,
  )
}

const TAB_STOP = 4

function isCut(lines: readonly HunkLine[], at: number, page: DiffPage): boolean {
  return !page.view.isWrapped && lineRows(lines, at, page) > 1
}

function rowCount(lines: readonly HunkLine[], at: number, page: DiffPage): number {
  const own = page.view.isWrapped ? lineRows(lines, at, page) : 1
  return lines[at]?.noNewline === true ? own + 1 : own
}

/** The rows of a line that is wrapped. Most have one, which is seen without rendering them. */
function lineRows(lines: readonly HunkLine[], at: number, page: DiffPage): number {
  if (fitsInRow(lines[at]?.text ?? '', page.room)) return 1
  return countRows(showLine(lines, at, page).text, page.room)
}

function paintLines(
  lines: readonly HunkLine[],
  { from, to }: ItemRange,
  page: DiffPage,
): readonly Row[] {
  const shown = Array.from({ length: to - from }, (_, index) => showLine(lines, from + index, page))
  const colored = colorLines(shown, page)
  return shown.flatMap((one, index) => {
    const ranges = wordRanges(one, lines, page)
    return paintLine(one.line, colored[index] ?? row(one.text), ranges, page)
  })
}

/** Old and new text are highlighted separately, each in the context of its version of the file. */
function colorLines(lines: readonly ShownLine[], page: DiffPage): readonly Row[] {
  const side = (hidden: HunkLine['type']): Map<ShownLine, Row> => {
    const own = lines.filter(({ line }) => line.type !== hidden)
    const text = own.map((shown) => shown.text).join('\n')
    const painted = renderCode(text, page.language, page)
    return new Map(own.map((shown, index) => [shown, painted[index] ?? row(shown.text)]))
  }
  const hasRemoved = lines.some(({ line }) => line.type === 'removed')
  const old = hasRemoved ? side('added') : new Map<ShownLine, Row>()
  const now = side('removed')
  return lines.map((shown) => now.get(shown) ?? old.get(shown) ?? row(shown.text))
}

function wordRanges(
  { line, text, partner }: ShownLine,
  lines: readonly HunkLine[],
  page: DiffPage,
): readonly TextRange[] {
  if (partner < 0) return []
  const other = showLine(lines, partner, page)
  if (line.type === 'added') return changedWords(other.text, text)?.after ?? []
  return changedWords(text, other.text)?.before ?? []
}

function paintLine(
  line: HunkLine,
  text: Row,
  ranges: readonly TextRange[],
  page: DiffPage,
): readonly Row[] {
  const { styles } = page
  const { sign, style, word } = LINE_STYLES[line.type]
  const { room } = page
  const painted = highlightRanges(text, ranges, styles[word])
  const wrapped = page.view.isWrapped
    ? wrap(painted, room, { breaks: 'afterBlanks' })
    : [truncate(painted, room)]
  const rows = wrapped.map((part, index) => {
    const number = styled(styles.diffNumber, numbers(index === 0 ? line : null, page))
    const body = line.type === 'context' ? part : pad(part, room)
    return row(number, styled(styles[style], `${sign} `, body))
  })
  if (!line.noNewline) return rows
  const number = styled(styles.diffNumber, numbers(null, page))
  return [
    ...rows,
    truncate(row(number, styled(styles.muted, previewTexts.noNewline)), page.columns),
  ]
}

const LINE_STYLES = {
  context: { sign: ' ', style: 'diffContext', word: 'diffContext' },
  added: { sign: '+', style: 'diffAdded', word: 'diffAddedWord' },
  removed: { sign: '-', style: 'diffRemoved', word: 'diffRemovedWord' },
} as const

function numbers(line: HunkLine | null, { oldDigits, newDigits }: DiffPage): string {
  const show = (number: number | null, digits: number): string =>
    `${String(number ?? '').padStart(digits)} `
  if (newDigits === 0) return show(line?.oldNumber ?? null, oldDigits)
  if (oldDigits === 0)
    return show(line === null ? null : (line.newNumber ?? line.oldNumber), newDigits)
  return show(line?.oldNumber ?? null, oldDigits) + show(line?.newNumber ?? null, newDigits)
}

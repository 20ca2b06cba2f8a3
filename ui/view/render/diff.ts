import type { Preview } from '../../../lib/tools/tool.ts'
import { largest } from '../../../lib/util/extremes.ts'
import { type Hunk, type HunkLine, hunkHeader } from '../../../lib/util/unified-diff.ts'
import { type RenderOptions, renderCode } from './formatter.ts'
import { languageOf } from './highlight-code.ts'
import { highlightRanges, type TextRange } from './highlight-ranges.ts'
import { type LazyRows, type LazyRowsPart, sheetOf } from './lazy-rows.ts'
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
}

type DiffOptions = RenderOptions & { readonly view: DiffView }

function layDiff(preview: DiffPreview, columns: number, options: DiffOptions): DiffRows {
  const page = pageFor(preview, columns, options)
  const header = headerRows(preview, page)
  const parts: LazyRowsPart[] = [{ count: header.length, rows: () => header }]
  const hunkRows: number[] = []
  const changed: ChangedRows[] = []
  let count = header.length
  let lines = 0
  let cut = 0
  const lay = isSideBySide(page) ? layHunkSplit : layHunk
  for (const hunk of preview.hunks) {
    hunkRows.push(count)
    const first = lines
    for (const part of lay(hunk, page)) {
      for (const { from, to, line } of part.changed) {
        changed.push({ from: count + from, to: count + to, line: first + line })
      }
      lines += part.changed.length
      cut += part.cut
      parts.push(part)
      count += part.count
    }
  }
  return withLines(sheetOf(parts, hunkRows), changed, cut)
}

/** The rows of a changed line; `to` is exclusive. Lines are numbered within a hunk here, and in the diff later. */
interface ChangedRows {
  readonly from: number
  readonly to: number
  readonly line: number
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

function withLines(sheet: LazyRows, changed: readonly ChangedRows[], cutLines: number): DiffRows {
  const inOrder = changed.toSorted((one, other) => one.from - other.from)
  const starts = inOrder.map(({ from }) => from)
  const rowOf: number[] = []
  const endOf: number[] = []
  for (const { line, from, to } of changed) {
    rowOf[line] = from
    endOf[line] = to
  }
  return {
    cutLines,
    changedCount: changed.length,
    count: sheet.count,
    hunkRows: sheet.hunkRows,
    slice: sheet.slice,
    get rows() {
      return sheet.rows
    },
    rowOfChangedLine: (line) => rowOf[line] ?? 0,
    endOfChangedLine: (line) => endOf[line] ?? 0,
    changedLinesAt(at) {
      const lines: number[] = []
      const last = lastAtOrBefore(starts, at)
      for (let index = last; starts[index] === starts[last] && index >= 0; index--) {
        const rows = inOrder[index]
        if (rows !== undefined && at < rows.to) lines.unshift(rows.line)
      }
      return lines
    },
    hunkAt: (at) => lastAtOrBefore(sheet.hunkRows, at),
  }
}

/** The index of the last number of a sorted list that is not greater than `limit`; -1 when all are. */
function lastAtOrBefore(sorted: readonly number[], limit: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) <= limit) low = middle + 1
    else high = middle
  }
  return low - 1
}

function pageFor(
  { path, hunks }: DiffPreview,
  columns: number,
  { styles, formatter, view }: DiffOptions,
): DiffPage {
  const digits = (numberOf: (line: HunkLine) => number | null): number =>
    largest(
      hunks.map(({ lines }) => String(lastNumber(lines, numberOf)).length),
      0,
    )
  const oldDigits = digits(({ oldNumber }) => oldNumber)
  const newDigits = digits(({ newNumber }) => newNumber)
  const language = languageOf(path)
  const page = { columns, styles, formatter, view, language, oldDigits, newDigits }
  const isNarrow = columns < TWO_NUMBERS_COLUMNS
  return isNarrow ? { ...page, oldDigits: 0, newDigits: Math.max(oldDigits, newDigits) } : page
}

function lastNumber(
  lines: readonly HunkLine[],
  numberOf: (line: HunkLine) => number | null,
): number | '' {
  const last = lines.findLast((line) => numberOf(line) !== null)
  return last === undefined ? '' : (numberOf(last) ?? '')
}

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
  readonly partner: number | null
}

const PART_LINES = 100

interface HunkPart extends LazyRowsPart {
  /** The rows of its changed lines. */
  readonly changed: readonly ChangedRows[]
  /** How many of these lines are cut. */
  readonly cut: number
}

function layHunk(hunk: Hunk, page: DiffPage): readonly HunkPart[] {
  const { columns, styles } = page
  const header = wrap(styled(styles.diffHunk, hunkHeader(hunk)), columns)
  const parts: HunkPart[] = [{ count: header.length, rows: () => header, changed: [], cut: 0 }]
  const shown = showLines(hunk.lines, page)
  let changes = 0
  for (let from = 0; from < shown.length; from += PART_LINES) {
    const lines = shown.slice(from, from + PART_LINES)
    const changed: ChangedRows[] = []
    let count = 0
    for (const line of lines) {
      const rows = rowCount(line, page)
      if (line.line.type !== 'context') {
        changed.push({ from: count, to: count + rows, line: changes++ })
      }
      count += rows
    }
    const cut = lines.filter((line) => isCut(line, page)).length
    parts.push({ count, rows: () => paintLines(lines, shown, page), changed, cut })
  }
  return parts
}

/** From this width on both texts fit next to each other. */
export const MIN_SPLIT_COLUMNS = 100

function isSideBySide({ view, columns }: DiffPage): boolean {
  return view.isSplit && columns >= MIN_SPLIT_COLUMNS
}

/** A row of old and new text next to each other; null where one of them has no line. */
interface SideRow {
  readonly left: ShownLine | null
  readonly right: ShownLine | null
  /** The changed lines in it, numbered within the hunk. */
  readonly changes: readonly number[]
}

/** A removed line and the added line that replaces it share a row. */
function sideRows(shown: readonly ShownLine[]): readonly SideRow[] {
  const rows: SideRow[] = []
  let changes = 0
  let index = 0
  const take = (type: HunkLine['type']): { line: ShownLine; change: number }[] => {
    const taken: { line: ShownLine; change: number }[] = []
    for (let line = shown[index]; line?.line.type === type; line = shown[++index]) {
      taken.push({ line, change: changes++ })
    }
    return taken
  }
  while (index < shown.length) {
    const line = shown[index]
    if (line?.line.type === 'context') {
      rows.push({ left: line, right: line, changes: [] })
      index++
      continue
    }
    const removed = take('removed')
    const added = take('added')
    for (let at = 0; at < Math.max(removed.length, added.length); at++) {
      const sides = [removed[at], added[at]]
      rows.push({
        left: sides[0]?.line ?? null,
        right: sides[1]?.line ?? null,
        changes: sides.flatMap((side) => (side === undefined ? [] : [side.change])),
      })
    }
  }
  return rows
}

const SPLIT_RULE = ' │ '

function layHunkSplit(hunk: Hunk, page: DiffPage): readonly HunkPart[] {
  const { columns, styles } = page
  const header = wrap(styled(styles.diffHunk, hunkHeader(hunk)), columns)
  const parts: HunkPart[] = [{ count: header.length, rows: () => header, changed: [], cut: 0 }]
  const shown = showLines(hunk.lines, page)
  const left = { ...page, columns: (columns - SPLIT_RULE.length) >> 1, newDigits: 0 }
  const right = { ...page, columns: (columns - SPLIT_RULE.length) >> 1, oldDigits: 0 }
  const all = sideRows(shown)
  for (let from = 0; from < all.length; from += PART_LINES) {
    const pairs = all.slice(from, from + PART_LINES)
    const changed: ChangedRows[] = []
    let count = 0
    for (const pair of pairs) {
      const rows = Math.max(
        pair.left === null ? 0 : rowCount(pair.left, left),
        pair.right === null ? 0 : rowCount(pair.right, right),
      )
      for (const line of pair.changes) changed.push({ from: count, to: count + rows, line })
      count += rows
    }
    const cut =
      pairs.filter((pair) => pair.left !== null && isCut(pair.left, left)).length +
      pairs.filter((pair) => pair.right !== null && isCut(pair.right, right)).length
    parts.push({ count, rows: () => paintPairs(pairs, shown, { left, right }), changed, cut })
  }
  return parts
}

function paintPairs(
  pairs: readonly SideRow[],
  hunk: readonly ShownLine[],
  pages: { readonly left: DiffPage; readonly right: DiffPage },
): readonly Row[] {
  const { styles } = pages.left
  const paint = (side: 'left' | 'right'): ReadonlyMap<ShownLine, readonly Row[]> => {
    const lines = pairs.flatMap((pair) => pair[side] ?? [])
    const colored = colorLines(lines, pages[side])
    return new Map(
      lines.map((shown, index) => {
        const text = colored[index] ?? row(shown.text)
        return [shown, paintLine(shown.line, text, wordRanges(shown, hunk), pages[side])]
      }),
    )
  }
  const left = paint('left')
  const right = paint('right')
  const rule = styled(styles.border, SPLIT_RULE)
  return pairs.flatMap((pair) => {
    const before = pair.left === null ? [] : (left.get(pair.left) ?? [])
    const after = pair.right === null ? [] : (right.get(pair.right) ?? [])
    return Array.from({ length: Math.max(before.length, after.length) }, (_, at) =>
      row(pad(before[at] ?? EMPTY_ROW, pages.left.columns), rule, after[at] ?? EMPTY_ROW),
    )
  })
}

function showLines(lines: readonly HunkLine[], { view }: DiffPage): readonly ShownLine[] {
  const partners = pairLines(lines)
  return lines.map((line, index) => {
    const partner = partners.get(index) ?? null
    const other = partner === null ? undefined : lines[partner]
    const isBlankChange = other !== undefined && bare(other.text) === bare(line.text)
    const isMarked = isBlankChange || view.showsBlanks
    return { line, text: isMarked ? showBlanks(line.text) : showText(line), partner }
  })
}

function bare(text: string): string {
  return text.replace(/\s+/g, '')
}

/** Pairs removed lines with the added lines that follow them: first with first, and so on. */
function pairLines(lines: readonly HunkLine[]): ReadonlyMap<number, number> {
  const partners = new Map<number, number>()
  let index = 0
  while (index < lines.length) {
    const start = index
    while (lines[index]?.type === 'removed') index++
    const middle = index
    while (lines[index]?.type === 'added') index++
    for (let step = 0; step < Math.min(middle - start, index - middle); step++) {
      partners.set(start + step, middle + step)
      partners.set(middle + step, start + step)
    }
    if (index === start) index++
  }
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

function roomFor({ columns, oldDigits, newDigits }: DiffPage): number {
  const digits = (count: number): number => (count === 0 ? 0 : count + 1)
  const gutter = digits(oldDigits) + digits(newDigits) + SIGN.length
  return Math.max(MIN_ROOM_COLUMNS, columns - gutter)
}

const SIGN = '+ '
const MIN_ROOM_COLUMNS = 8

function isCut({ line, text }: ShownLine, page: DiffPage): boolean {
  return line.type !== 'context' && !page.view.isWrapped && countRows(text, roomFor(page)) > 1
}

function rowCount({ line, text }: ShownLine, page: DiffPage): number {
  const room = roomFor(page)
  if (!page.view.isWrapped) return 1 + (line.noNewline ? 1 : 0)
  return countRows(text, room) + (line.noNewline ? 1 : 0)
}

function paintLines(
  lines: readonly ShownLine[],
  hunk: readonly ShownLine[],
  page: DiffPage,
): readonly Row[] {
  const colored = colorLines(lines, page)
  return lines.flatMap((shown, index) => {
    const ranges = wordRanges(shown, hunk)
    return paintLine(shown.line, colored[index] ?? row(shown.text), ranges, page)
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
  hunk: readonly ShownLine[],
): readonly TextRange[] {
  const other = partner === null ? undefined : hunk[partner]
  if (other === undefined) return []
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
  const room = roomFor(page)
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

import type { Preview } from '../../../lib/tools/tool.ts'
import { type Hunk, type HunkLine, hunkHeader } from '../../../lib/util/unified-diff.ts'
import { type RenderOptions, renderCode } from './formatter.ts'
import { languageOf } from './highlight-code.ts'
import { highlightRanges, type TextRange } from './highlight-ranges.ts'
import { type LazyRows, type LazyRowsPart, sheetOf } from './lazy-rows.ts'
import { previewTexts } from './messages.ts'
import { type Row, row, styled } from './row.ts'
import { cleanLine, escapeControlCharacters, revealRow } from './sanitize.ts'
import { textWidth } from './width.ts'
import { changedWords } from './word-diff.ts'
import { pad, truncate, wrap } from './wrap.ts'

export type DiffPreview = Extract<Preview, { type: 'diff' }>

/**
 * A diff for approval: header, hunks, numbers and signs, with syntax colors below those of the change. Invisible
 * characters are spelled out. Rows are rendered on request (`slice`), so a long diff opens as fast as a short one.
 */
export function renderDiff(
  preview: DiffPreview,
  columns: number,
  { styles, formatter }: RenderOptions,
): DiffRows {
  const known = cache.get(preview)
  const fits =
    known?.columns === columns && known.styles === styles && known.formatter === formatter
  if (fits) return known.sheet
  const sheet = layDiff(preview, columns, { styles, formatter })
  cache.set(preview, { columns, styles, formatter, sheet })
  return sheet
}

// The keys are weak: the value is freed together with its preview.
const cache = new WeakMap<DiffPreview, RenderOptions & { columns: number; sheet: DiffRows }>()

/** The options that a diff is laid out with. */
interface DiffPage extends RenderOptions {
  readonly columns: number
  readonly language: string
  /** The width of a line number in cells; 0 hides the old one. */
  readonly oldDigits: number
  readonly newDigits: number
}

function layDiff(preview: DiffPreview, columns: number, options: RenderOptions): DiffRows {
  const page = pageFor(preview, columns, options)
  const header = headerRows(preview, page)
  const parts: LazyRowsPart[] = [{ count: header.length, rows: () => header }]
  const hunkRows: number[] = []
  const changed: RowRange[] = []
  let count = header.length
  for (const hunk of preview.hunks) {
    hunkRows.push(count)
    for (const part of layHunk(hunk, page)) {
      for (const { from, to } of part.changed) changed.push({ from: count + from, to: count + to })
      parts.push(part)
      count += part.count
    }
  }
  return withLines(sheetOf(parts, hunkRows), changed)
}

/** `to` is exclusive. */
interface RowRange {
  readonly from: number
  readonly to: number
}

/** The rows of a diff, and which line of it each row belongs to. Changed lines are numbered as in `RejectedLines`. */
export interface DiffRows extends LazyRows {
  /** The first row of a changed line. */
  rowOfChangedLine(line: number): number
  /** Null for the header and for context. */
  changedLineAt(row: number): number | null
  /** Index of the hunk; -1 for the header. */
  hunkAt(row: number): number
}

/** Whether the rows are those of a diff. */
export function isDiffRows(rows: LazyRows): rows is DiffRows {
  return 'changedLineAt' in rows
}

function withLines(sheet: LazyRows, changed: readonly RowRange[]): DiffRows {
  const starts = changed.map(({ from }) => from)
  return {
    count: sheet.count,
    hunkRows: sheet.hunkRows,
    slice: sheet.slice,
    get rows() {
      return sheet.rows
    },
    rowOfChangedLine: (line) => starts[line] ?? 0,
    changedLineAt(at) {
      const line = lastAtOrBefore(starts, at)
      return at < (changed[line]?.to ?? 0) ? line : null
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
  { styles, formatter }: RenderOptions,
): DiffPage {
  const digits = (numberOf: (line: HunkLine) => number | null): number =>
    Math.max(0, ...hunks.map(({ lines }) => String(lastNumber(lines, numberOf)).length))
  const oldDigits = digits(({ oldNumber }) => oldNumber)
  const newDigits = digits(({ newNumber }) => newNumber)
  const page = { columns, styles, formatter, language: languageOf(path), oldDigits, newDigits }
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
    styled(styles.error, `-${preview.removed}`),
  )
  const rows = wrap(header, columns, { anywhere: true })
  if (preview.remark === null) return rows
  return [...rows, ...wrap(styled(styles.muted, cleanLine(preview.remark)), columns)]
}

function escapeLineBreaks(content: Row): Row {
  return content.map(({ text, style }) => ({ text: text.replaceAll('\n', '\\n'), style }))
}

/** A line for display, with tabs expanded and invisible characters spelled out. */
interface Shown {
  readonly line: HunkLine
  readonly text: string
  /** The line it replaces or is replaced by. */
  readonly partner: number | null
}

const PART_LINES = 100

interface HunkPart extends LazyRowsPart {
  /** The rows of its changed lines. */
  readonly changed: readonly RowRange[]
}

function layHunk(hunk: Hunk, page: DiffPage): readonly HunkPart[] {
  const { columns, styles } = page
  const header = wrap(styled(styles.diffHunk, hunkHeader(hunk)), columns)
  const parts: HunkPart[] = [{ count: header.length, rows: () => header, changed: [] }]
  const shown = showLines(hunk.lines)
  for (let from = 0; from < shown.length; from += PART_LINES) {
    const lines = shown.slice(from, from + PART_LINES)
    const changed: RowRange[] = []
    let count = 0
    for (const line of lines) {
      const rows = rowCount(line, page)
      if (line.line.type !== 'context') changed.push({ from: count, to: count + rows })
      count += rows
    }
    parts.push({ count, rows: () => paintLines(lines, shown, page), changed })
  }
  return parts
}

function showLines(lines: readonly HunkLine[]): readonly Shown[] {
  const partners = pairLines(lines)
  return lines.map((line, index) => {
    const partner = partners.get(index) ?? null
    const other = partner === null ? undefined : lines[partner]
    const isBlankChange = other !== undefined && bare(other.text) === bare(line.text)
    return { line, text: isBlankChange ? showBlanks(line.text) : showText(line), partner }
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
  const gutter = (oldDigits === 0 ? 0 : oldDigits + 1) + newDigits + 1 + SIGN.length
  return Math.max(MIN_ROOM_COLUMNS, columns - gutter)
}

const SIGN = '+ '
const MIN_ROOM_COLUMNS = 8

function rowCount({ line, text }: Shown, page: DiffPage): number {
  const room = roomFor(page)
  const rows = /^[\x20-\x7e]*$/.test(text)
    ? Math.max(1, Math.ceil(text.length / room))
    : wrap(text, room, { anywhere: true }).length
  return rows + (line.noNewline ? 1 : 0)
}

function paintLines(
  lines: readonly Shown[],
  hunk: readonly Shown[],
  page: DiffPage,
): readonly Row[] {
  const colored = colorLines(lines, page)
  return lines.flatMap((shown, index) => {
    const ranges = wordRanges(shown, hunk)
    return paintLine(shown.line, colored[index] ?? row(shown.text), ranges, page)
  })
}

/** Old and new text are highlighted separately, each in the context of its version of the file. */
function colorLines(lines: readonly Shown[], page: DiffPage): readonly Row[] {
  const side = (hidden: HunkLine['type']): Map<Shown, Row> => {
    const own = lines.filter(({ line }) => line.type !== hidden)
    const text = own.map((shown) => shown.text).join('\n')
    const painted = renderCode(text, page.language, page)
    return new Map(own.map((shown, index) => [shown, painted[index] ?? row(shown.text)]))
  }
  const hasRemoved = lines.some(({ line }) => line.type === 'removed')
  const old = hasRemoved ? side('added') : new Map<Shown, Row>()
  const now = side('removed')
  return lines.map((shown) => now.get(shown) ?? old.get(shown) ?? row(shown.text))
}

function wordRanges({ line, text, partner }: Shown, hunk: readonly Shown[]): readonly TextRange[] {
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
  const rows = wrap(painted, room, { anywhere: true }).map((part, index) => {
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
  if (oldDigits === 0)
    return show(line === null ? null : (line.newNumber ?? line.oldNumber), newDigits)
  return show(line?.oldNumber ?? null, oldDigits) + show(line?.newNumber ?? null, newDigits)
}

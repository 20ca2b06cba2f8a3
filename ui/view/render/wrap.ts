import { type Row, type RowContent, row, rowOf, rowText, sliceRow, styleAt } from './row.ts'
import { clusterWidth, splitClusters, textWidth } from './width.ts'

/** The maximum width of text: longer lines are hard to read. Code and tables may be wider. */
export const READABLE_COLUMNS = 110

interface WrapOptions {
  /** Before the first row. */
  readonly indent?: RowContent
  /** Before every other row; blanks as wide as `indent` unless given. */
  readonly hang?: RowContent
  /**
   * Where all blanks are retained: rows of output break at any position; those of code, diffs and commands after a blank or
   * punctuation, where one is near the end.
   */
  readonly breaks?: 'anywhere' | 'code'
}

/** Content as rows of at most `columns` cells, broken between words. */
export function wrap(
  content: RowContent,
  columns: number,
  options: WrapOptions = {},
): readonly Row[] {
  const indent = row(options.indent ?? '')
  const hang = row(options.hang ?? ' '.repeat(rowWidth(indent)))
  const first = Math.max(1, columns - rowWidth(indent))
  const other = Math.max(1, columns - rowWidth(hang))
  const rows: Row[] = []
  for (const line of contentLines(content)) {
    const text = rowText(line)
    const limits: Limits = { first: rows.length === 0 ? first : other, other }
    for (const [from, to] of rangesOf(text, limits, options.breaks)) {
      const margin = rows.length === 0 ? indent : hang
      const isComplete = from === 0 && to === text.length
      const part = isComplete ? line : sliceRow(line, from, to)
      rows.push(margin.length === 0 ? part : row(margin, part))
    }
  }
  return rows
}

/** The width of the row in cells. */
export function rowWidth(content: RowContent): number {
  return textWidth(rowText(content))
}

/** More than an emoji with all its joiners needs for one cell; only marks that are stacked without end are cut by it. */
const MAX_CELL_CHARACTERS = 32

/** One row of at most `columns` cells; a cut row ends in `ellipsis`, in the style at that position. */
export function truncate(content: RowContent, columns: number, ellipsis = '…'): Row {
  // Only what can be shown is measured, as a line can have any length.
  const most = (columns + 1) * MAX_CELL_CHARACTERS
  const complete = row(content)
  const isLong = rowLength(complete) > most
  const shown = isLong ? sliceRow(complete, 0, most) : complete
  const line = expandTabs(mapText(shown, (text) => text.replaceAll('\n', ' ')))
  const text = rowText(line)
  if (!isLong && textWidth(text) <= columns) return line
  const room = columns - textWidth(ellipsis)
  if (room < 0) return []
  const end = fittingEnd(text, room)
  return row(sliceRow(line, 0, end), [{ text: ellipsis, style: styleAt(line, end) }])
}

/** The row filled with blanks up to `columns`. */
export function pad(content: RowContent, columns: number): Row {
  const missing = columns - rowWidth(content)
  return missing > 0 ? row(content, ' '.repeat(missing)) : row(content)
}

/** Exactly `columns` cells: cut or filled. (It is not named `fit`, which the linter mistakes for a function of a test runner.) */
export function fitRow(content: RowContent, columns: number, ellipsis = '…'): Row {
  return pad(truncate(content, columns, ellipsis), columns)
}

/** The row without the blanks at its end. */
export function trimEnd(content: Row): Row {
  return sliceRow(content, 0, rowText(content).trimEnd().length)
}

/** The lines of the content, without tabs. */
export function contentLines(content: RowContent): readonly Row[] {
  if (typeof content === 'string') return content.split('\n').map((text) => expandTabs(row(text)))
  const lines: Row[] = []
  let parts: Row[] = []
  for (const { text, style } of content) {
    const [first = '', ...others] = text.split('\n')
    if (first !== '') parts.push([{ text: first, style }])
    for (const other of others) {
      lines.push(expandTabs(rowOf(parts)))
      parts = other === '' ? [] : [[{ text: other, style }]]
    }
  }
  lines.push(expandTabs(rowOf(parts)))
  return lines
}

const PLAIN = /^[\x20-\x7e]*$/
const TAB_STOP = 4

function expandTabs(line: Row): Row {
  if (!line.some(({ text }) => text.includes('\t'))) return line
  let column = 0
  return mapText(line, (text) => {
    let expanded = ''
    for (const [part] of text.matchAll(/\t|[^\t]+/g)) {
      const shown = part === '\t' ? ' '.repeat(TAB_STOP - (column % TAB_STOP)) : part
      expanded += shown
      column += textWidth(shown)
    }
    return expanded
  })
}

function mapText(line: Row, change: (text: string) => string): Row {
  return line.map(({ text, style }) => ({ text: change(text), style }))
}

function rowLength(content: Row): number {
  return content.reduce((length, { text }) => length + text.length, 0)
}

/** Where the text that fits into `columns` cells ends. */
function fittingEnd(text: string, columns: number): number {
  if (PLAIN.test(text)) return columns
  let end = 0
  let used = 0
  for (const cluster of splitClusters(text)) {
    used += clusterWidth(cluster)
    if (used > columns) break
    end += cluster.length
  }
  return end
}

/** Cells of the first row of a line, and of its others. */
interface Limits {
  readonly first: number
  readonly other: number
}

/** Offsets in a line. */
type LineRange = readonly [from: number, to: number]

/** Lines of more characters, such as minified code, are broken anywhere. */
const MAX_CODE_CHARACTERS = 10_000

function rangesOf(
  text: string,
  limits: Limits,
  breaks: WrapOptions['breaks'],
): readonly LineRange[] {
  if (PLAIN.test(text) && text.length <= limits.first) return [[0, text.length]]
  if (breaks === undefined) return breakWords(text, limits)
  const isShort = text.length <= MAX_CODE_CHARACTERS
  return breakAnywhere(text, limits, breaks === 'code' && isShort ? betweenWords : atEnd)
}

/** The number of rows that `wrap` makes of one line with these breaks. */
export function countRows(text: string, columns: number): number {
  if (!PLAIN.test(text)) return wrap(text, columns, { breaks: 'code' }).length
  if (text.length > MAX_CODE_CHARACTERS) return Math.ceil(text.length / columns)
  let rows = 1
  for (let start = 0; start + columns < text.length; rows++) {
    start = betweenWords(text, start, start + columns)
  }
  return rows
}

/** Where a row ends that begins at `start` and has room up to `end`. */
type RowEnd = (text: string, start: number, end: number) => number

const atEnd: RowEnd = (_text, _start, end) => end
const betweenWords: RowEnd = (text, start, end) => {
  const half = (end - start) / 2
  const near = Math.max(start + half, end - NEAR_END)
  const blank = text.lastIndexOf(' ', end - 1)
  if (blank >= near) return blank + 1
  for (let at = end; at > near; at--) {
    if (PUNCTUATION.includes(text[at - 1] ?? '') && !PUNCTUATION.includes(text[at] ?? '')) return at
  }
  return blank - start >= half ? blank + 1 : end
}

/** Columns at the end of a row that are left blank rather than to break a word. */
const NEAR_END = 20
/** After which code and commands are continued; not `-`, which begins an option. */
const PUNCTUATION = '.,;:)]}>/|&='

function breakAnywhere(text: string, limits: Limits, rowEnd: RowEnd): readonly LineRange[] {
  const ranges: LineRange[] = []
  let start = 0
  if (PLAIN.test(text)) {
    for (let room = limits.first; start + room < text.length; room = limits.other) {
      const end = rowEnd(text, start, start + room)
      ranges.push([start, end])
      start = end
    }
    return [...ranges, [start, text.length]]
  }
  let end = 0
  let used = 0
  for (const cluster of splitClusters(text)) {
    const width = clusterWidth(cluster)
    if (used + width > (start === 0 ? limits.first : limits.other) && end > start) {
      const cut = rowEnd(text, start, end)
      ranges.push([start, cut])
      start = cut
      used = textWidth(text.slice(cut, end))
    }
    end += cluster.length
    used += width
  }
  return [...ranges, [start, end]]
}

/** A word, a wide character, or the blanks between words. */
interface WrapToken {
  readonly start: number
  readonly end: number
  readonly width: number
  readonly isBlank: boolean
}

// Blanks at a break are dropped; those at the start of the line are retained.
function breakWords(text: string, limits: Limits): readonly LineRange[] {
  const ranges: LineRange[] = []
  let start = 0
  let end = 0
  let used = 0
  let isFull = false
  const limit = (): number => (ranges.length === 0 ? limits.first : limits.other)
  const breakRow = (): void => {
    ranges.push([start, endOfInk(text, start, end)])
    start = end
    used = 0
    isFull = false
  }
  const put = (from: number, to: number, width: number): void => {
    if (used > 0 && used + width > limit()) breakRow()
    if (end === start) start = from
    end = to
    used += width
  }
  for (const token of tokensOf(text)) {
    if (token.isBlank) {
      if (used + token.width > limit()) isFull = true
      else if (end > start || token.start === 0) put(token.start, token.end, token.width)
      continue
    }
    if (used > 0 && (isFull || used + token.width > limit())) breakRow()
    if (token.width <= limit() - used) put(token.start, token.end, token.width)
    else for (const piece of piecesOf(text, token, limits, ranges.length)) put(...piece)
  }
  return [...ranges, [start, end]]
}

/** Splits a word that is longer than a row into pieces that fit. */
function* piecesOf(
  text: string,
  { start, end }: WrapToken,
  limits: Limits,
  rowsBefore: number,
): Generator<readonly [from: number, to: number, width: number]> {
  const word = text.slice(start, end)
  let from = start
  if (PLAIN.test(word)) {
    for (let room = rowsBefore === 0 ? limits.first : limits.other; from < end; ) {
      const to = Math.min(end, from + room)
      yield [from, to, to - from]
      from = to
      room = limits.other
    }
    return
  }
  for (const cluster of splitClusters(word)) {
    yield [from, from + cluster.length, clusterWidth(cluster)]
    from += cluster.length
  }
}

function endOfInk(text: string, start: number, end: number): number {
  let ink = end
  while (ink > start && text[ink - 1] === ' ') ink--
  return ink
}

function* tokensOf(text: string): Generator<WrapToken> {
  for (const match of text.matchAll(/ +|[^ ]+/g)) {
    const [part] = match
    const start = match.index
    const end = start + part.length
    if (PLAIN.test(part)) yield { start, end, width: part.length, isBlank: part.startsWith(' ') }
    else yield* joinNarrow(part, start)
  }
}

// Between wide characters (Han, kana) a row may break; narrow ones make words.
function* joinNarrow(part: string, offset: number): Generator<WrapToken> {
  let start = offset
  let end = offset
  let width = 0
  for (const cluster of splitClusters(part)) {
    const cells = clusterWidth(cluster)
    if (cells < 2) {
      end += cluster.length
      width += cells
      continue
    }
    if (end > start) yield { start, end, width, isBlank: false }
    start = end + cluster.length
    yield { start: end, end: start, width: cells, isBlank: false }
    end = start
    width = 0
  }
  if (end > start) yield { start, end, width, isBlank: false }
}

import { commonEnds } from '../../../lib/util/common-ends.ts'
import { stripControlCharacters } from '../../../lib/util/sanitize.ts'
import { clusterWidth, splitClusters } from './width.ts'

export interface EditorRows {
  readonly text: string
  /** The offset in the text where each row begins. */
  readonly starts: readonly number[]
  /** The position of the caret in the rows. */
  readonly caret: { readonly row: number; readonly column: number }
}

/** A text being edited, wrapped at words where they fit, with the position of its caret. */
export function editorRows(text: string, cursor: number, columns: number): EditorRows {
  const { starts } = wrapText(text, Math.max(1, columns - 1))
  const row = rowAt(starts, cursor)
  const column = widthOf(text.slice(starts[row], cursor))
  return { text, starts, caret: { row, column } }
}

/**
 * Some of the rows, as plain text that is at most `columns` wide. They are made when they are shown: a row keeps all of the text in
 * memory that it is a part of, so rows that were made earlier would keep earlier texts.
 */
export function rowTexts(
  { text, starts }: Pick<EditorRows, 'text' | 'starts'>,
  from = 0,
  to = starts.length,
): readonly string[] {
  return starts.slice(from, to).map((start, index) => {
    const next = starts[from + index + 1]
    const end = next === undefined ? text.length : next - (text[next - 1] === '\n' ? 1 : 0)
    return shown(text.slice(start, end))
  })
}

/** The offset of the first position in a row at or after `column`. */
export function offsetInRow(text: string, start: number, end: number, column: number): number {
  let offset = start
  let width = 0
  for (const cluster of splitClusters(text.slice(start, end))) {
    if (width >= column) break
    width += shownWidth(cluster)
    offset += cluster.length
  }
  return offset
}

interface Wrapped {
  readonly text: string
  readonly columns: number
  readonly starts: readonly number[]
}

/** The layout, the pane and the caret request the same text in one frame, as does every key that only moves the caret. */
const MAX_WRAPPED = 4
/** Of a longer text, only the last version at each width is kept. */
const MAX_EARLIER_CHARACTERS = 500_000

// The newest first.
let wrapped: readonly Wrapped[] = []

function wrapText(text: string, columns: number): Wrapped {
  const known = wrapped.find((one) => one.columns === columns && one.text === text)
  if (known !== undefined) return known
  const before = wrapped.find((one) => one.columns === columns)
  const result = before === undefined ? wrapFrom(text, columns) : rewrap(before, text)
  const isLong = text.length > MAX_EARLIER_CHARACTERS
  const others = isLong ? wrapped.filter((one) => one.columns !== columns) : wrapped
  wrapped = [result, ...others].slice(0, MAX_WRAPPED)
  return result
}

function wrapFrom(text: string, columns: number): Wrapped {
  const starts: number[] = []
  for (let start: number | null = 0; start !== null; ) {
    start = addRow({ text, columns, starts }, start)
  }
  return { text, columns, starts }
}

/** Rows before the first change whose end depends on it: a word that no longer fits moves to the next row. */
const ROWS_BEFORE_CHANGE = 2

/** A key changes a few rows: those before the change, and those from the first one that begins as before, are reused. */
function rewrap(before: Wrapped, text: string): Wrapped {
  const { columns } = before
  const same = commonEnds(before.text, text)
  const kept = Math.max(0, rowAt(before.starts, same.start) - ROWS_BEFORE_CHANGE)
  const starts = before.starts.slice(0, kept)
  const moved = text.length - before.text.length
  let index = kept
  for (let start: number | null = before.starts[kept] ?? 0; start !== null; ) {
    const old = start - moved
    while ((before.starts[index] ?? Number.POSITIVE_INFINITY) < old) index++
    if (text.length - start <= same.end && before.starts[index] === old) {
      for (; index < before.starts.length; index++) {
        starts.push((before.starts[index] ?? 0) + moved)
      }
      break
    }
    start = addRow({ text, columns, starts }, start)
  }
  return { text, columns, starts }
}

const PLAIN = /^[\x20-\x7e]*$/

interface GrowingRows extends Wrapped {
  readonly starts: number[]
}

/** Adds the row that begins at an offset. Returns where the next one begins; null after the last one. */
function addRow({ text, columns, starts }: GrowingRows, start: number): number | null {
  const end = rowEnd(text, start, columns)
  starts.push(start)
  if (end >= text.length) return null
  return text[end] === '\n' ? end + 1 : end
}

/** After the last blank that fits, else where the row is full. */
function rowEnd(text: string, start: number, columns: number): number {
  const ahead = lineAhead(text, start, columns + 1)
  if (!PLAIN.test(ahead)) return clusterRowEnd(text, start, columns)
  if (ahead.length <= columns) return start + ahead.length
  const blank = ahead.lastIndexOf(' ', columns - 1)
  return start + (blank >= 0 ? blank + 1 : columns)
}

/** At most `length` code units of the line. */
function lineAhead(text: string, start: number, length: number): string {
  const ahead = text.slice(start, start + length)
  const newline = ahead.indexOf('\n')
  return newline < 0 ? ahead : ahead.slice(0, newline)
}

function clusterRowEnd(text: string, start: number, columns: number): number {
  for (let length = columns * 2 + 64; ; length *= 2) {
    const ahead = lineAhead(text, start, length)
    const isLine = ahead.length < length || start + length >= text.length
    const clusters = splitClusters(ahead)
    const end = fullRowEnd(isLine ? clusters : clusters.slice(0, -1), columns)
    if (end !== null) return start + end
    if (isLine) return start + ahead.length
  }
}

/** Null when all clusters fit. */
function fullRowEnd(clusters: readonly string[], columns: number): number | null {
  let width = 0
  let blank = 0
  let offset = 0
  for (const cluster of clusters) {
    width += shownWidth(cluster)
    if (width > columns && offset > 0) return blank > 0 ? blank : offset
    offset += cluster.length
    if (cluster === ' ') blank = offset
  }
  return null
}

/** The last row that begins at the offset or before it. */
function rowAt(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low
}

/** A tab is two blanks here, as it is in the composer. */
const TAB = '  '

// Control characters have no width, so they are removed. Other text is sanitized where it is painted.
function shown(text: string): string {
  return PLAIN.test(text) ? text : stripControlCharacters(text.replaceAll('\t', TAB))
}

function shownWidth(cluster: string): number {
  return cluster === '\t' ? TAB.length : clusterWidth(cluster)
}

function widthOf(text: string): number {
  let width = 0
  for (const cluster of splitClusters(text)) width += shownWidth(cluster)
  return width
}

import { stripControlCharacters } from '../../../lib/util/sanitize.ts'
import { clusterWidth, splitClusters } from './width.ts'

export interface EditorRows {
  /** Plain text, each at most `columns` wide. */
  readonly rows: readonly string[]
  /** The offset in the text where each row begins. */
  readonly starts: readonly number[]
  /** The position of the caret in the rows. */
  readonly caret: { readonly row: number; readonly column: number }
}

/** A text being edited, wrapped at words where they fit, with the position of its caret. */
export function editorRows(text: string, cursor: number, columns: number): EditorRows {
  const { rows, starts } = wrapText(text, Math.max(1, columns - 1))
  const row = rowAt(starts, cursor)
  const column = widthOf(text.slice(starts[row], cursor))
  return { rows, starts, caret: { row, column } }
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
  readonly rows: readonly string[]
  readonly starts: readonly number[]
}

/** The layout, the pane and the caret request the same text in one frame, as does every key that only moves the caret. */
const MAX_WRAPPED = 4

// The newest first.
let wrapped: readonly Wrapped[] = []

function wrapText(text: string, columns: number): Wrapped {
  const known = wrapped.find((one) => one.columns === columns && one.text === text)
  if (known !== undefined) return known
  const rows: string[] = []
  const starts: number[] = []
  let start = 0
  for (const line of text.split('\n')) {
    wrapLine(line, start, columns, rows, starts)
    start += line.length + 1
  }
  const result = { text, columns, rows, starts }
  wrapped = [result, ...wrapped].slice(0, MAX_WRAPPED)
  return result
}

const PLAIN = /^[\x20-\x7e]*$/

function wrapLine(
  line: string,
  lineStart: number,
  columns: number,
  rows: string[],
  starts: number[],
): void {
  const breaks = PLAIN.test(line) ? plainBreaks(line, columns) : clusterBreaks(line, columns)
  let start = 0
  for (const end of [...breaks, line.length]) {
    rows.push(shown(line.slice(start, end)))
    starts.push(lineStart + start)
    start = end
  }
}

/** The ends of all rows of a line but the last: after the last blank that fits, else where the row is full. */
function plainBreaks(line: string, columns: number): readonly number[] {
  const breaks: number[] = []
  for (let start = 0; line.length - start > columns; start = breaks.at(-1) ?? 0) {
    const blank = line.lastIndexOf(' ', start + columns - 1)
    breaks.push(blank >= start ? blank + 1 : start + columns)
  }
  return breaks
}

function clusterBreaks(line: string, columns: number): readonly number[] {
  const breaks: number[] = []
  let start = 0
  let width = 0
  let blank = -1
  let offset = 0
  for (const cluster of splitClusters(line)) {
    const wide = shownWidth(cluster)
    if (width + wide > columns && offset > start) {
      start = blank > start ? blank : offset
      breaks.push(start)
      width = widthOf(line.slice(start, offset))
      blank = -1
    }
    offset += cluster.length
    width += wide
    if (cluster === ' ') blank = offset
  }
  return breaks
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

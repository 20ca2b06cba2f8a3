import { PLAIN_STYLE } from '../view/render/style.ts'
import { type Line, UNKNOWN_STYLE } from './cells.ts'

/**
 * Rows that have moved up, as in a conversation that grows. The terminal moves them itself, so that only the new rows, and what is
 * next to the conversation, are written.
 */
interface RegionScroll {
  /** The rows of the region, both included. */
  readonly top: number
  readonly bottom: number
  readonly by: number
}

/** Fewer changed rows are written as they are. */
const MIN_ROWS = 6
const MIN_MOVED_ROWS = MIN_ROWS / 2
const MAX_BY = 12
/** The cells at the start of a row by which it is recognized. */
const KEY_COLUMNS = 60
/** Cells that must not have to be written. */
const MIN_GAIN = 160

/** How far the changed rows have moved up; null when writing them is as cheap. */
export function findScroll(target: readonly Line[], shown: readonly Line[]): RegionScroll | null {
  const first = target.findIndex((line) => line.dirty)
  const last = target.findLastIndex((line) => line.dirty)
  if (first < 0 || last - first < MIN_ROWS) return null
  // A row that has moved has changed: most frames of a text that streams in change its last row and a few others.
  if (countDirty(target) <= MIN_MOVED_ROWS) return null
  const moved = mostFrequentMove(target, shown, first, last)
  if (moved === null) return null
  return gainOf(target, shown, moved) >= MIN_GAIN ? moved : null
}

function countDirty(lines: readonly Line[]): number {
  let count = 0
  for (const { dirty } of lines) if (dirty) count++
  return count
}

function mostFrequentMove(
  target: readonly Line[],
  shown: readonly Line[],
  first: number,
  last: number,
): RegionScroll | null {
  const wanted = target.map((line, y) => (y >= first && y <= last ? keyOf(line) : 0))
  const present = shown.map((line, y) => (y >= first && y <= last ? keyOf(line) : 0))
  let best: (RegionScroll & { readonly rows: number }) | null = null
  for (let by = 1; by <= MAX_BY && by < last - first; by++) {
    let [top, bottom, rows] = [-1, -1, 0]
    for (let y = first; y + by <= last; y++) {
      if (wanted[y] === 0 || wanted[y] !== present[y + by]) continue
      if (top < 0) top = y
      bottom = y + by
      rows++
    }
    if (rows > (best?.rows ?? MIN_MOVED_ROWS)) best = { top, bottom, by, rows }
  }
  return best
}

/**
 * A number for the text at the start of a row, without blanks around it; 0 for a blank row, and for one whose contents are unknown.
 * No text is made of it, as each frame asks: two rows with the same number are compared before they are moved.
 */
function keyOf(line: Line): number {
  let key = 0
  let end = 0
  for (let x = 0; x < Math.min(KEY_COLUMNS, line.length); x++) {
    const cell = line[x]
    if (cell === undefined || cell[0] === UNKNOWN_STYLE) return 0
    const text = cell[1]
    if (end === 0 && text === ' ') continue
    for (let at = 0; at < text.length; at++) key = (Math.imul(key, 31) + text.charCodeAt(at)) | 0
    if (text !== ' ') end = key
  }
  return end
}

/** Cells that are written without the move, but not with it. */
function gainOf(
  target: readonly Line[],
  shown: readonly Line[],
  { top, bottom, by }: RegionScroll,
): number {
  let gain = 0
  for (let y = top; y <= bottom; y++) {
    const line = target[y]
    if (line === undefined) continue
    gain += differences(line, shown[y])
    gain -= differences(line, y + by <= bottom ? shown[y + by] : undefined)
  }
  return gain
}

/** Cells that differ; without `other`, those that are not blank. */
function differences(line: Line, other: Line | undefined): number {
  let count = 0
  for (let x = 0; x < line.length; x++) {
    const cell = line[x]
    const style = other === undefined ? PLAIN_STYLE : other[x]?.[0]
    const text = other === undefined ? ' ' : other[x]?.[1]
    if (cell?.[0] !== style || cell?.[1] !== text) count++
  }
  return count
}

/** Moves the rows on the terminal by deleting lines at the top of a region, which every terminal can; and in `shown`. */
export function applyScroll(
  { top, bottom, by }: RegionScroll,
  target: readonly Line[],
  shown: readonly Line[],
): string {
  for (let y = top; y <= bottom; y++) {
    const to = shown[y]
    const from = y + by <= bottom ? shown[y + by] : undefined
    for (let x = 0; x < (to?.length ?? 0); x++) {
      const cell = to?.[x]
      if (cell === undefined) continue
      cell[0] = from?.[x]?.[0] ?? PLAIN_STYLE
      cell[1] = from?.[x]?.[1] ?? ' '
    }
    const line = target[y]
    if (line !== undefined) line.dirty = true
  }
  return `\x1b[${top + 1};${bottom + 1}r\x1b[${top + 1};1H\x1b[${by}M\x1b[r`
}

import { largest } from '../../../lib/util/extremes.ts'
import { countOf, withoutMarkup } from '../../state/entry-lines.ts'

/** Characters by which a line is recognized in the rows: more may be wrapped. */
const START_LENGTH = 20

/** What is searched for, and which of its occurrences in a line. */
export interface Sought {
  readonly query: string
  readonly nth: number
}

interface FoundRow {
  readonly row: number
  /** Which of the occurrences in the row it is. */
  readonly nth: number
  /** The row has the line itself, so that it is not hidden. Markdown is drawn without its markup. */
  readonly isVisible: boolean
}

/** The row of a drawn entry that shows the match in one of its lines. */
export function findRow(
  rows: readonly string[],
  lines: readonly string[],
  line: number,
  { query, nth }: Sought,
): FoundRow {
  const text = query.trim().toLowerCase()
  const written = placeOf(rows, lines, line, beginningOf)
  const place = written.from >= 0 ? written : placeOf(rows, lines, line, beginningOfDrawn)
  if (place.from >= 0) return { ...occurrence(rows, place, text, nth), isVisible: true }
  const words = withoutMarkup(lines[line] ?? '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
  const counts = rows.map((row) => {
    const has = text !== '' && row.toLowerCase().includes(text)
    return words.filter((word) => row.includes(word)).length + (has ? words.length : 0)
  })
  const most = largest(counts, 0)
  return { row: Math.max(0, counts.indexOf(most)), nth: 0, isVisible: false }
}

/** The rows of a line. */
interface RowRange {
  readonly from: number
  readonly to: number
}

/** `begin`: that by which a line is recognized. */
function placeOf(
  rows: readonly string[],
  lines: readonly string[],
  line: number,
  begin: (line: string | undefined) => string,
): RowRange {
  const start = begin(lines[line])
  const same = lines.slice(0, line).filter((one) => begin(one) === start).length
  const from = nthRow(rows, start, same)
  const next = begin(lines[line + 1])
  const to = next === '' ? -1 : rows.findIndex((row, index) => index > from && begins(row, next))
  return { from, to: to < 0 ? rows.length : to }
}

/** A text that is wrapped is in no row: then the occurrence before it, or the first row of the line. */
function occurrence(
  rows: readonly string[],
  { from, to }: RowRange,
  text: string,
  nth: number,
): Pick<FoundRow, 'row' | 'nth'> {
  let left = nth
  let found = { row: from, nth: 0 }
  for (let row = from; row < to && text !== ''; row++) {
    const count = countOf(rows[row] ?? '', text)
    if (count > 0) found = { row, nth: Math.min(left, count - 1) }
    if (left < count) break
    left -= count
  }
  return found
}

function beginningOf(line: string | undefined): string {
  return (line ?? '').trim().slice(0, START_LENGTH)
}

/** The same without what Markdown draws in another way. */
function beginningOfDrawn(line: string | undefined): string {
  return beginningOf(withoutMarkup(line ?? '').replace(/^\s*(?:[-*+]|\d+[.)]|#{1,6}|>)\s+/, ''))
}

/** The nth row, from 0, that contains the text; -1 when there is none. */
function nthRow(rows: readonly string[], text: string, nth: number): number {
  if (text === '') return -1
  let left = nth
  let last = -1
  for (const [index, row] of rows.entries()) {
    if (!begins(row, text)) continue
    last = index
    if (left-- === 0) return index
  }
  return nth > 0 ? last : -1
}

/** A short line is in a row only if no longer word is there: `step 4` is not in `step 40`. */
function begins(row: string, text: string): boolean {
  const at = row.indexOf(text)
  if (at < 0 || text.length >= START_LENGTH) return at >= 0
  return !/[\p{L}\p{N}]/u.test(row.charAt(at + text.length)) || !/[\p{L}\p{N}]$/u.test(text)
}

import { largest } from '../../../lib/util/extremes.ts'
import { withoutMarkup } from '../../state/entry-lines.ts'

/** Characters by which a line is recognized in the rows: more may be wrapped. */
const START_LENGTH = 20

interface FoundRow {
  readonly row: number
  /** The row has the line itself, so that it is not hidden. Markdown is drawn without its markup. */
  readonly isVisible: boolean
}

/** The row of a drawn entry that shows the match in one of its lines. */
export function findRow(
  rows: readonly string[],
  lines: readonly string[],
  line: number,
  query: string,
): FoundRow {
  const text = query.trim().toLowerCase()
  const start = beginningOf(lines[line])
  const from = nthRow(
    rows,
    start,
    lines.slice(0, line).filter((one) => beginningOf(one) === start).length,
  )
  if (from >= 0) {
    const at = rows.findIndex((row, index) => index >= from && row.toLowerCase().includes(text))
    // A text that is wrapped is in no row.
    return { row: at >= 0 ? at : from, isVisible: true }
  }
  const words = withoutMarkup(lines[line] ?? '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
  const counts = rows.map((row) => {
    const has = text !== '' && row.toLowerCase().includes(text)
    return words.filter((word) => row.includes(word)).length + (has ? words.length : 0)
  })
  const most = largest(counts, 0)
  return { row: Math.max(0, counts.indexOf(most)), isVisible: false }
}

function beginningOf(line: string | undefined): string {
  return (line ?? '').trim().slice(0, START_LENGTH)
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

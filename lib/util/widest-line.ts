import { runAtOnce, type Steps } from './steps.ts'

interface LineOfHunk {
  readonly text: string
  readonly noNewline?: boolean
}

/**
 * No line of these surely needs more cells than this in a terminal, however its blanks and its line end are marked. Infinity where
 * that is not seen without rendering them, and where a note follows a line. Counted once: a diff may have 100,000 lines. It is here,
 * not with the rendering, because it is counted while the diff is computed in steps, ahead of the first frame.
 */
export function widestLine(lines: readonly LineOfHunk[]): number {
  return widths.get(lines) ?? runAtOnce(widestLineSteps(lines))
}

const widths = new WeakMap<readonly LineOfHunk[], number>()

/** Lines that are counted in one step. */
const STEP_LINES = 1_000

/** Counts them ahead, in steps. */
export function* widestLineSteps(lines: readonly LineOfHunk[]): Steps<number> {
  let widest = 0
  for (let at = 0; at < lines.length && widest < Number.POSITIVE_INFINITY; at++) {
    const line = lines[at]
    if (line === undefined) continue
    const cells = line.noNewline === true ? Number.POSITIVE_INFINITY : mostCells(line.text)
    if (cells > widest) widest = cells
    if (at % STEP_LINES === STEP_LINES - 1) yield
  }
  widths.set(lines, widest)
  return widest
}

/** An upper bound of the cells of a line; Infinity where it has to be rendered to be measured. */
export function mostCells(text: string): number {
  if (PRINTABLE.test(text)) return text.length
  let cells = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code >= 0x20 && code < 0x7f) cells++
    else if (code === TAB) cells += TAB_CELLS
    else if (code === RETURN && at === text.length - 1) cells += RETURN_CELLS
    else if (isNarrowLetter(code)) cells++
    else if (isWideLetter(code)) cells += 2
    else return Number.POSITIVE_INFINITY
  }
  return cells
}

const PRINTABLE = /^[\x20-\x7e]*$/
const TAB = 9
const RETURN = 13
/** As a tab stop, or as an arrow with blanks. */
const TAB_CELLS = 4
/** Spelled out. */
const RETURN_CELLS = 2

/** Latin, Greek and Cyrillic letters. */
function isNarrowLetter(code: number): boolean {
  return (
    (code >= 0xc0 && code <= 0x24f) ||
    (code >= 0x391 && code <= 0x482 && code !== 0x3a2) ||
    (code >= 0x48a && code <= 0x52f)
  )
}

/** Han, kana and Hangul. */
function isWideLetter(code: number): boolean {
  return (
    (code >= 0x4e00 && code <= 0x9fff) ||
    (code >= 0x3041 && code <= 0x3096) ||
    (code >= 0x30a1 && code <= 0x30fc) ||
    (code >= 0xac00 && code <= 0xd7a3)
  )
}

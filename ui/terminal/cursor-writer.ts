import { PLAIN_STYLE, type Style } from '../view/render/style.ts'
import type { Line } from './cells.ts'

/** Collects the output, and tracks the cursor and the style that the terminal has after it. */
export interface CursorWriter {
  /** `line` is the target of the row; the cells between the cursor and `x` already show it. */
  moveTo(x: number, y: number, line: Line): void
  put(cluster: string, width: number, style: Style): void
  /** For a cluster whose width differs between terminals: the position of the text after it does not depend on it. */
  putDisputed(cluster: string, width: number, style: Style): void
  eraseToEnd(): void
  /** The collected output; style and link are off after it. */
  finish(): string
}

export function createCursorWriter(sgr: (style: Style) => string, columns: number): CursorWriter {
  let output = ''
  let x = UNKNOWN
  let y = UNKNOWN
  let style: Style = PLAIN_STYLE
  let link = ''

  const setStyle = (wanted: Style): void => {
    if (wanted === style) return
    const sequence = sgr(wanted)
    if (sequence !== sgr(style)) output += sequence
    style = wanted
    const target = wanted.link
    if (target === link) return
    output += `\x1b]8;;${target}\x1b\\`
    link = target
  }
  // After a write to the last column, the position of the cursor differs between terminals.
  const advanceTo = (column: number): void => {
    x = column < columns ? column : UNKNOWN
  }

  return {
    moveTo(column, row, line) {
      if (row === y && x === column) return
      const gap = row === y && x !== UNKNOWN ? column - x : -1
      if (gap > 0 && gap < SHORT_GAP_CELLS && isPlainRun(line, x, column, style)) {
        for (let at = x; at < column; at++) output += line[at]?.[1]
      } else if (gap > 0) output += gap === 1 ? '\x1b[C' : `\x1b[${gap}C`
      else output += cursorTo(column, row)
      x = column
      y = row
    },
    put(cluster, width, wanted) {
      setStyle(wanted)
      output += cluster
      advanceTo(x + width)
    },
    putDisputed(cluster, width, wanted) {
      setStyle(wanted)
      output += ' '.repeat(width) + cursorTo(x, y) + cluster
      if (x + width < columns) output += cursorTo(x + width, y)
      advanceTo(x + width)
    },
    eraseToEnd() {
      setStyle(PLAIN_STYLE)
      output += '\x1b[K'
    },
    finish() {
      setStyle(PLAIN_STYLE)
      return output
    },
  }
}

export function cursorTo(x: number, y: number): string {
  return `\x1b[${y + 1};${x + 1}H`
}

/** The coordinates of a cursor whose position is unknown. */
const UNKNOWN = -1
const SHORT_GAP_CELLS = 4

function isPlainRun(line: Line, from: number, to: number, style: Style): boolean {
  for (let x = from; x < to; x++) {
    if (line[x]?.[0] !== style || !ASCII.test(line[x]?.[1] ?? '')) return false
  }
  return true
}

const ASCII = /^[\x20-\x7e]$/

import { type CellStyles, PLAIN_STYLE } from './cell-styles.ts'
import type { Line } from './cells.ts'

/** Gathers what to write, and knows where the terminal's cursor and style are after it. */
export interface Pen {
  /** `line` is what the row shall show; cells between here and there show it already. */
  moveTo(x: number, y: number, line: Line): void
  put(cluster: string, width: number, style: number): void
  /** For a cluster to which the terminal may give another width: nothing after it moves, whatever it takes. */
  putDisputed(cluster: string, width: number, style: number): void
  eraseToEnd(): void
  /** All that was gathered; style and link are off after it. */
  finish(): string
}

export function createPen(styles: CellStyles, columns: number): Pen {
  let output = ''
  let x = UNKNOWN
  let y = UNKNOWN
  let style = PLAIN_STYLE
  let link = ''

  const setStyle = (wanted: number): void => {
    if (wanted === style) return
    const sgr = styles.sgr(wanted)
    if (sgr !== styles.sgr(style)) output += sgr
    style = wanted
    const target = styles.styleOf(wanted).link
    if (target === link) return
    output += `\x1b]8;;${target}\x1b\\`
    link = target
  }
  // Behind the last column terminals differ in where the cursor stands.
  const advanceTo = (column: number): void => {
    x = column < columns ? column : UNKNOWN
  }

  return {
    moveTo(column, row, line) {
      if (row === y && x === column) return
      const gap = row === y && x !== UNKNOWN ? column - x : -1
      if (gap > 0 && gap < SHORT_GAP && isPlainRun(line, x, column, style)) {
        output += line.text.slice(x, column).join('')
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

const UNKNOWN = -1
const SHORT_GAP = 4

function isPlainRun(line: Line, from: number, to: number, style: number): boolean {
  for (let x = from; x < to; x++) {
    if (line.style[x] !== style || !ASCII.test(line.text[x] ?? '')) return false
  }
  return true
}

const ASCII = /^[\x20-\x7e]$/

import { clusterWidth, isEmoji, splitClusters } from '../view/render/width.ts'
import type { Row } from '../view/types.ts'
import { type CellStyles, PLAIN_STYLE } from './cell-styles.ts'

/** A line of cells, as parallel arrays. A wide cluster stands in its first cell; its second holds ''. */
export interface Line {
  readonly text: string[]
  readonly style: number[]
}

export function blankLine(columns: number): Line {
  return {
    text: new Array<string>(columns).fill(' '),
    style: new Array<number>(columns).fill(PLAIN_STYLE),
  }
}

interface CellContext {
  readonly styles: CellStyles
  /** Whether the terminal shows joined emoji as one picture. Else the first of them is shown. */
  readonly joinsEmoji: boolean
}

/**
 * Writes a row into exactly `columns` cells of `line`, from `x` on. The second wall against escape injection (the first
 * cleans untrusted text before it becomes a row): SGR and links count, and of all else that controls a terminal nothing
 * becomes a cell.
 */
export function writeRow(
  line: Line,
  row: Row,
  place: { readonly x: number; readonly columns: number },
  context: CellContext,
): void {
  const end = Math.min(place.x + place.columns, line.text.length)
  if (place.x < 0 || place.x >= end) return
  cutWideClusters(line, place.x, end)
  const { styles } = context
  let style = PLAIN_STYLE
  let x = place.x
  for (let index = 0; index < row.length && x < end; ) {
    const code = row.charCodeAt(index)
    if (isControl(code)) {
      SEQUENCE.lastIndex = index
      const match = SEQUENCE.exec(row)
      index += match === null ? 1 : match[0].length
      if (code === TAB)
        x = fill(line, x, Math.min(end, nextStop(x, place.x)), styles.onBlank(style))
      else if (match?.[1] !== undefined) style = styles.afterSgr(style, match[1])
      else if (match?.[2] !== undefined) style = styles.withLink(style, safeLink(match[2]))
      continue
    }
    const runEnd = endOfRun(row, index)
    const asciiEnd = endOfAscii(row, index, runEnd)
    x = writeAscii(line, row, { from: index, to: asciiEnd }, { x, end, style }, styles)
    if (asciiEnd < runEnd && x < end)
      x = writeClusters(line, row.slice(asciiEnd, runEnd), { x, end, style }, context)
    index = runEnd
  }
  fill(line, x, end, PLAIN_STYLE)
}

interface Pen {
  readonly x: number
  readonly end: number
  readonly style: number
}

const TAB = 9
const TAB_STOP = 4

// SGR (1), a link (2), another CSI, a string (OSC, DCS, APC, PM, SOS) that ends, another escape, and else the control alone:
// of what is no whole sequence the rest is text, and rather residue on the screen than text lost. (`h` and `l` end
// sequences of one number or of private ones; after others, as in a cut off `38;5`, they are text.)
const SEQUENCE = new RegExp(
  [
    /(?:\x1b\[|\x9b)([\d;:]*)m/,
    /(?:\x1b\]|\x9d)8;[^;\x00-\x1f\x7f-\x9f]*;([^\x00-\x1f\x7f-\x9f]*)(?:\x07|\x1b\\|\x9c)/,
    /(?:\x1b\[|\x9b)(?:[0-?]*[ -/]*[@-gi-kn-~]|(?:\?[\d;]+|\d{1,2})[hl])/,
    /(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)/,
    /\x1b(?:[ -/]+[0-~]|[78=>cDEHMNOZ|}~])/,
    /[\x00-\x1f\x7f-\x9f]/,
  ]
    .map((sequence) => sequence.source)
    .join('|'),
  'y',
)

const LINK = /^(?:https?:\/\/|file:\/\/|mailto:)[\x21-\x7e]{1,2000}$/

function safeLink(target: string): string {
  return LINK.test(target) ? target : ''
}

function isControl(code: number): boolean {
  return code < 0x20 || (code >= 0x7f && code < 0xa0)
}

function endOfRun(row: Row, from: number): number {
  let index = from + 1
  while (index < row.length && !isControl(row.charCodeAt(index))) index++
  return index
}

/** Where plain ASCII ends; the last character before something else stays with it, as a mark may follow. */
function endOfAscii(row: Row, from: number, to: number): number {
  let index = from
  while (index < to && row.charCodeAt(index) < 0x7f) index++
  return index < to && index > from ? index - 1 : index
}

function writeAscii(
  line: Line,
  row: Row,
  run: { readonly from: number; readonly to: number },
  pen: Pen,
  styles: CellStyles,
): number {
  const blank = styles.onBlank(pen.style)
  let x = pen.x
  for (let index = run.from; index < run.to && x < pen.end; index++, x++) {
    const character = row[index] ?? ' '
    line.text[x] = character
    line.style[x] = character === ' ' ? blank : pen.style
  }
  return x
}

function writeClusters(line: Line, run: string, pen: Pen, context: CellContext): number {
  const blank = context.styles.onBlank(pen.style)
  let x = pen.x
  for (const cluster of splitClusters(run.toWellFormed())) {
    const width = BIDI_CONTROL.test(cluster) ? 1 : clusterWidth(cluster)
    if (width === 0) continue
    if (x + width > pen.end) return fill(line, x, pen.end, blank)
    const shown = shownCluster(cluster, context.joinsEmoji)
    line.text[x] = shown
    line.style[x] = shown === ' ' ? blank : pen.style
    if (width === 2) {
      line.text[x + 1] = ''
      line.style[x + 1] = pen.style
    }
    x += width
    if (x >= pen.end) break
  }
  return x
}

const BIDI_CONTROL = /^[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]$/
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu
const VARIATION_OR_SKIN = /^\p{Emoji}(?:\ufe0f\u20e3?)?/u
const FLAG = /^[\u{1f1e6}-\u{1f1ff}]{2}$/u
const LONGEST_EMOJI = 32
const MANY_MARKS = 8

function shownCluster(cluster: string, joinsEmoji: boolean): string {
  if (cluster.length === 1) return BIDI_CONTROL.test(cluster) ? '\ufffd' : cluster
  if (!isEmoji(cluster))
    return [...cluster.replace(UNSEEN, '')].slice(0, MANY_MARKS).join('') || ' '
  if (FLAG.test(cluster) || (joinsEmoji && cluster.length <= LONGEST_EMOJI)) return cluster
  return VARIATION_OR_SKIN.exec(cluster)?.[0] ?? cluster
}

function nextStop(x: number, origin: number): number {
  return x + TAB_STOP - ((x - origin) % TAB_STOP)
}

function fill(line: Line, from: number, to: number, style: number): number {
  for (let x = from; x < to; x++) {
    line.text[x] = ' '
    line.style[x] = style
  }
  return to
}

/** Blanks the halves of wide clusters that would stay behind when [from, to) is overwritten. */
function cutWideClusters(line: Line, from: number, to: number): void {
  if (from > 0 && line.text[from] === '') line.text[from - 1] = ' '
  if (to < line.text.length && line.text[to] === '') line.text[to] = ' '
}

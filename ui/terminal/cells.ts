import type { Row } from '../view/render/row.ts'
import { clean } from '../view/render/sanitize.ts'
import { blankStyle, PLAIN_STYLE, type Style, styleOf } from '../view/render/style.ts'
import { clusterWidth, isEmoji, splitClusters } from '../view/render/width.ts'

/** A cell in the form of the toolkit. A wide cluster is in the first of its two cells; the text of the second is ''. */
export type Cell = [style: Style, text: string]

/** `dirty`: a cell has changed since the line was painted. */
export type Line = Cell[] & { dirty: boolean }

export function blankLine(columns: number): Line {
  return lineOf(columns, PLAIN_STYLE, ' ')
}

/** A line whose contents on the terminal are unknown: each of its cells is painted. */
export function unknownLine(columns: number): Line {
  return lineOf(columns, UNKNOWN_STYLE, '')
}

function lineOf(columns: number, style: Style, text: string): Line {
  const cells: Cell[] = []
  for (let x = 0; x < columns; x++) cells.push([style, text])
  return Object.assign(cells, { dirty: true })
}

/** The style of a cell whose contents on the terminal are unknown. No other style equals it. */
export const UNKNOWN_STYLE = styleOf({ link: 'unknown' })

export interface CellOptions {
  /** Whether the terminal shows joined emoji as one glyph. If not, only the first of them is shown. */
  readonly joinsEmoji: boolean
}

/**
 * Writes a row into exactly `columns` cells of `line`, from `x` on. This is the second barrier against escape injection (the first
 * sanitizes untrusted text before it becomes a span): no control character becomes a cell, and only safe links are retained.
 */
export function writeRow(
  line: Line,
  content: Row,
  place: { readonly x: number; readonly columns: number },
  { joinsEmoji }: CellOptions,
): void {
  const end = Math.min(place.x + place.columns, line.length)
  if (place.x < 0 || place.x >= end) return
  cutWideClusters(line, place.x, end)
  let x = place.x
  for (const { text, style } of content) {
    if (x >= end) break
    const pen: Pen = { line, end, style: withSafeLink(style), joinsEmoji }
    x = PLAIN.test(text) ? writePlain(text, x, pen) : writeText(text, x, pen)
  }
  writeCells(line, ' ', x, end, PLAIN_STYLE)
}

interface Pen {
  readonly line: Line
  readonly end: number
  readonly style: Style
  readonly joinsEmoji: boolean
}

const PLAIN = /^[\x20-\x7e]*$/
const CONTROL = /[\x00-\x1f\x7f-\x9f]/
const LINK = /^(?:https?:\/\/|file:\/\/|mailto:)[\x21-\x7e]{1,2000}$/

function withSafeLink(style: Style): Style {
  return style.link === '' || LINK.test(style.link) ? style : styleOf({ ...style, link: '' })
}

// A span with a control character has not been sanitized. It is sanitized here by the same rules, on one line.
function writeText(text: string, x: number, pen: Pen): number {
  const shown = CONTROL.test(text) ? clean(text).replaceAll('\t', ' ').replaceAll('\n', '') : text
  return writeClusters(shown, x, pen)
}

function writePlain(text: string, from: number, { line, end, style }: Pen): number {
  const blank = blankStyle(style)
  const stop = Math.min(end, from + text.length)
  for (let x = from; x < stop; x++) {
    const character = text[x - from] ?? ' '
    put(line, x, character, character === ' ' ? blank : style)
  }
  return stop
}

function writeClusters(text: string, from: number, pen: Pen): number {
  const { line, end, style } = pen
  const blank = blankStyle(style)
  let x = from
  for (const cluster of splitClusters(text.toWellFormed())) {
    if (x >= end) break
    const width = BIDI_CONTROL.test(cluster) ? 1 : clusterWidth(cluster)
    if (width === 0) continue
    if (x + width > end) return writeCells(line, ' ', x, end, blank)
    const shown = shownCluster(cluster, pen.joinsEmoji)
    put(line, x, shown, shown === ' ' ? blank : style)
    if (width === 2) put(line, x + 1, '', style)
    x += width
  }
  return x
}

const BIDI_CONTROL = /^[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]$/
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu
const VARIATION_OR_SKIN = /^\p{Emoji}(?:\ufe0f\u20e3?)?/u
const FLAG = /^[\u{1f1e6}-\u{1f1ff}]{2}$/u
const MAX_EMOJI_UNITS = 32
const MAX_MARKS = 8

function shownCluster(cluster: string, joinsEmoji: boolean): string {
  if (cluster.length === 1) return BIDI_CONTROL.test(cluster) ? '\ufffd' : cluster
  if (!isEmoji(cluster)) return [...cluster.replace(UNSEEN, '')].slice(0, MAX_MARKS).join('') || ' '
  if (FLAG.test(cluster) || (joinsEmoji && cluster.length <= MAX_EMOJI_UNITS)) return cluster
  return VARIATION_OR_SKIN.exec(cluster)?.[0] ?? cluster
}

/** Writes the same text into each cell of [from, to). Returns `to`. */
export function writeCells(
  line: Line,
  text: string,
  from: number,
  to: number,
  style: Style,
): number {
  for (let x = from; x < to; x++) put(line, x, text, style)
  return to
}

function put(line: Line, x: number, text: string, style: Style): void {
  const cell = line[x]
  if (cell === undefined || (cell[1] === text && cell[0] === style)) return
  cell[0] = style
  cell[1] = text
  line.dirty = true
}

/** Blanks the halves of wide clusters that would remain when [from, to) is overwritten. */
function cutWideClusters(line: Line, from: number, to: number): void {
  const cut = (x: number, half: number): void => {
    const style = line[half]?.[0] ?? PLAIN_STYLE
    if (line[x]?.[1] === '') put(line, half, ' ', style)
  }
  if (from > 0) cut(from, from - 1)
  if (to < line.length) cut(to, to)
}

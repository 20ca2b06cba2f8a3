import { combine, PLAIN_STYLE, type Style } from './style.ts'

/** Text of one style. Untrusted text has been sanitized before it becomes a span; remaining control characters get no cell. */
export interface Span {
  readonly text: string
  readonly style: Style
}

/**
 * One line of the screen. A row shorter than its place is filled with blanks, a longer one is cut. Before it is wrapped, content
 * of the same form may contain line breaks and tabs.
 */
export type Row = readonly Span[]

/** The parts of a row; a string is plain text. */
export type RowContent = string | Row

export const EMPTY_ROW: Row = []

/** Concatenates the parts; adjacent spans of the same style are merged. */
export function row(...parts: readonly RowContent[]): Row {
  return rowOf(parts)
}

/** The same for a list of any length, which as arguments could overflow the stack. */
export function rowOf(parts: readonly RowContent[]): Row {
  const [only] = parts
  if (parts.length === 1 && typeof only === 'object') return only
  const spans: Span[] = []
  for (const part of parts) {
    if (typeof part === 'string') append(spans, part, PLAIN_STYLE)
    else for (const { text, style } of part) append(spans, text, style)
  }
  return spans
}

/** Applies a style to the parts, below the styles that they already have. */
export function styled(style: Style, ...parts: readonly RowContent[]): Row {
  const spans: Span[] = []
  for (const part of parts) {
    if (typeof part === 'string') append(spans, part, style)
    else for (const span of part) append(spans, span.text, combine(style, span.style))
  }
  return spans
}

/** Concatenates the rows with `separator` between them. */
export function joinRows(rows: readonly Row[], separator: RowContent): Row {
  return rowOf(rows.flatMap((one, index) => (index === 0 ? [one] : [separator, one])))
}

/** The row without its styles. */
export function rowText(content: RowContent): string {
  if (typeof content === 'string') return content
  const [first] = content
  if (content.length === 1 && first !== undefined) return first.text
  let text = ''
  for (const span of content) text += span.text
  return text
}

/** The part of a row between two offsets of its text. */
export function sliceRow(content: Row, from: number, to: number): Row {
  const spans: Span[] = []
  let start = 0
  for (const { text, style } of content) {
    if (start >= to) break
    const end = start + text.length
    if (end > from) append(spans, text.slice(Math.max(0, from - start), to - start), style)
    start = end
  }
  return spans
}

/** The style of the character at an offset; plain after the end. */
export function styleAt(content: Row, offset: number): Style {
  let start = 0
  for (const { text, style } of content) {
    start += text.length
    if (offset < start) return style
  }
  return PLAIN_STYLE
}

export function isSameRow(one: Row, other: Row): boolean {
  if (one === other) return true
  if (one.length !== other.length) return false
  // Each line of each frame is compared: a loop takes half as long as `every`.
  for (let index = 0; index < one.length; index++) {
    const span = one[index]
    const twin = other[index]
    if (span?.style !== twin?.style || span?.text !== twin?.text) return false
  }
  return true
}

function append(spans: Span[], text: string, style: Style): void {
  if (text === '') return
  const last = spans.at(-1)
  if (last?.style === style) spans[spans.length - 1] = { text: last.text + text, style }
  else spans.push({ text, style })
}

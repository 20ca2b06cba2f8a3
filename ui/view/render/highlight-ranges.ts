import type { Row } from '../types.ts'
import { applySequence, change, close, NO_ATTRIBUTES, SEQUENCE } from './sgr.ts'
import type { Range } from './word-diff.ts'

/** The styled row with `paint` put over ranges of its text (counted without its sequences). */
export function paintRanges(
  row: Row,
  ranges: readonly Range[],
  paint: (text: string) => string,
): Row {
  if (ranges.length === 0) return row
  let result = ''
  let offset = 0
  let attributes = NO_ATTRIBUTES
  const add = (text: string): void => {
    for (const [piece, isInside] of cut(text, offset, ranges)) {
      const styled = change(NO_ATTRIBUTES, attributes) + piece + close(attributes)
      result += isInside ? paint(styled) : styled
    }
    offset += text.length
  }
  let from = 0
  for (const match of row.matchAll(SEQUENCE)) {
    add(row.slice(from, match.index))
    from = match.index + match[0].length
    attributes = applySequence(attributes, match[0])
  }
  add(row.slice(from))
  return result
}

function cut(text: string, offset: number, ranges: readonly Range[]): [string, boolean][] {
  const pieces: [string, boolean][] = []
  let at = 0
  for (const [from, to] of ranges) {
    const start = Math.min(text.length, Math.max(at, from - offset))
    const end = Math.min(text.length, Math.max(start, to - offset))
    if (start > at) pieces.push([text.slice(at, start), false])
    if (end > start) pieces.push([text.slice(start, end), true])
    at = Math.max(at, end)
  }
  if (at < text.length) pieces.push([text.slice(at), false])
  return pieces
}

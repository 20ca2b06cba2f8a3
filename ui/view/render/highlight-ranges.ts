import { type Row, rowOf, sliceRow, styled } from './row.ts'
import type { Style } from './style.ts'

/** Half-open range of a text. */
export type TextRange = readonly [from: number, to: number]

/** The row with ranges of its text in a style, applied below the existing styles. */
export function highlightRanges(content: Row, ranges: readonly TextRange[], style: Style): Row {
  return mapRanges(content, ranges, (part) => styled(style, part))
}

export function mapRanges(
  content: Row,
  ranges: readonly TextRange[],
  change: (part: Row) => Row,
): Row {
  const parts: Row[] = []
  let end = 0
  for (const [from, to] of ranges) {
    parts.push(sliceRow(content, end, from), change(sliceRow(content, from, to)))
    end = to
  }
  return rowOf([...parts, sliceRow(content, end, Number.POSITIVE_INFINITY)])
}

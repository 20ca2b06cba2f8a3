import type { TextSelection } from '../state/state.ts'
import { type Row, row, rowText, sliceRow, styled } from './render/row.ts'
import type { Style } from './render/style.ts'
import { clusterWidth, splitClusters } from './render/width.ts'
import type { Rect } from './types.ts'

/** Whether it contains more than the cell at which it began. */
export function isDragged({ anchor, head }: TextSelection): boolean {
  return anchor.x !== head.x || anchor.y !== head.y
}

/** The rows of an element with the selected text in a style. */
export function markSelection(
  rows: readonly Row[],
  rect: Rect,
  selection: TextSelection,
  style: Style,
): readonly Row[] {
  return rows.map((line, at) => {
    const range = selectedRange(line, at, rect, selection)
    if (range === null) return line
    const [from, to] = range
    const end = rowText(line).length
    return row(
      sliceRow(line, 0, from),
      styled(style, rowText(sliceRow(line, from, to))),
      sliceRow(line, to, end),
    )
  })
}

/** The selected text of an element, line by line, without the blanks at the ends of lines. */
export function selectedText(rows: readonly Row[], rect: Rect, selection: TextSelection): string {
  const lines = rows.flatMap((line, at) => {
    const range = selectedRange(line, at, rect, selection)
    return range === null
      ? []
      : [
          rowText(line)
            .slice(...range)
            .trimEnd(),
        ]
  })
  return lines.join('\n')
}

/** Offsets in the text of a row; null when none of it is selected. */
function selectedRange(
  line: Row,
  at: number,
  rect: Rect,
  { anchor, head }: TextSelection,
): readonly [from: number, to: number] | null {
  const isForward = anchor.y < head.y || (anchor.y === head.y && anchor.x <= head.x)
  const [start, end] = isForward ? [anchor, head] : [head, anchor]
  const y = rect.y + at
  if (y < start.y || y > end.y) return null
  const text = rowText(line)
  const from = y === start.y ? offsetAt(text, start.x - rect.x) : 0
  const to = y === end.y ? offsetAt(text, end.x - rect.x + 1) : text.length
  return [from, Math.max(from, to)]
}

/** The offset of the character at a column. */
function offsetAt(text: string, column: number): number {
  let cells = 0
  let offset = 0
  for (const cluster of splitClusters(text)) {
    if (cells >= column) return offset
    cells += clusterWidth(cluster)
    offset += cluster.length
  }
  return offset
}

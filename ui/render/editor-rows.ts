import { clusterWidth, splitClusters } from './width.ts'

export interface EditorRows {
  /** Plain text, each at most `columns` wide. */
  readonly rows: readonly string[]
  /** Where the caret stands in them. */
  readonly caret: { readonly row: number; readonly column: number }
}

/** A text being edited, wrapped at words where they fit, with the place of its caret. */
export function editorRows(text: string, cursor: number, columns: number): EditorRows {
  const rows: string[] = []
  let caret = { row: 0, column: 0 }
  let start = 0
  for (const line of text.split('\n')) {
    const pieces = wrapLine(line, Math.max(1, columns - 1))
    for (const [index, piece] of pieces.entries()) {
      const from = start + piece.start
      const isLast = index === pieces.length - 1
      const to = isLast ? start + line.length : start + (pieces[index + 1]?.start ?? 0) - 1
      if (cursor >= from && cursor <= to) {
        caret = { row: rows.length, column: widthOf(text.slice(from, cursor)) }
      }
      rows.push(piece.text)
    }
    start += line.length + 1
  }
  return { rows, caret }
}

interface Piece {
  readonly start: number
  readonly text: string
}

function wrapLine(line: string, columns: number): readonly Piece[] {
  const pieces: Piece[] = []
  let start = 0
  let width = 0
  let breakAt = -1
  let offset = 0
  for (const cluster of splitClusters(line)) {
    const wide = shownWidth(cluster)
    if (width + wide > columns && offset > start) {
      const end = breakAt > start ? breakAt : offset
      pieces.push({ start, text: shown(line.slice(start, end)) })
      start = end
      width = widthOf(line.slice(start, offset))
      breakAt = -1
    }
    offset += cluster.length
    width += wide
    if (cluster === ' ') breakAt = offset
  }
  pieces.push({ start, text: shown(line.slice(start)) })
  return pieces
}

/** A tab is two blanks here, as it is in the composer. */
const TAB = '  '

function shown(text: string): string {
  return text.replaceAll('\t', TAB)
}

function shownWidth(cluster: string): number {
  return cluster === '\t' ? TAB.length : clusterWidth(cluster)
}

function widthOf(text: string): number {
  let width = 0
  for (const cluster of splitClusters(text)) width += shownWidth(cluster)
  return width
}

import { isSameRow, type Row } from '../view/render/row.ts'
import { PLAIN_STYLE } from '../view/render/style.ts'
import { type CellOptions, type Line, writeCells, writeRow } from './cells.ts'

/**
 * A line of the screen while elements write rows into it, later ones over earlier ones. While they write the same rows as
 * for the last frame, no cell is changed; this is so for most lines of most frames.
 */
export interface LineComposition {
  /** Call this before the elements are rendered. */
  begin(): void
  write(content: Row, x: number, columns: number): void
  /** Call this when all elements have been rendered. */
  end(): void
}

interface PlacedRow {
  readonly content: Row
  readonly x: number
  readonly columns: number
}

export function createLineComposition(line: Line, options: CellOptions): LineComposition {
  const placed: PlacedRow[] = []
  let count = 0
  let isRewritten = false

  /** Starts again from a blank line with the rows that are unchanged so far. */
  const rewrite = (): void => {
    isRewritten = true
    placed.length = count
    writeCells(line, ' ', 0, line.length, PLAIN_STYLE)
    for (const { content, x, columns } of placed) writeRow(line, content, { x, columns }, options)
  }

  return {
    begin() {
      count = 0
      isRewritten = false
      // The toolkit has cleared a region, where an element was hidden, since the line was painted.
      if (line.dirty) rewrite()
    },
    write(content, x, columns) {
      const before = placed[count]
      if (!isRewritten) {
        if (before?.x === x && before.columns === columns && isSameRow(before.content, content)) {
          count++
          return
        }
        rewrite()
      }
      placed[count++] = { content, x, columns }
      writeRow(line, content, { x, columns }, options)
    },
    end() {
      if (!isRewritten && count < placed.length) rewrite()
    },
  }
}

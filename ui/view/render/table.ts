import { largest } from '../../../lib/util/extremes.ts'
import type { Styles } from '../../theme/styles.ts'
import { EMPTY_ROW, type Row, row, rowText, styled } from './row.ts'
import { contentLines, pad, rowWidth, trimEnd, wrap } from './wrap.ts'

type Align = 'left' | 'right' | 'center' | null

interface Table {
  readonly header: readonly Row[]
  readonly rows: readonly (readonly Row[])[]
  readonly align: readonly Align[]
}

/** A table of styled cells within `columns`: cells wrap; where there is no room for columns, each row is a list. */
export function layTable(table: Table, columns: number, styles: Styles): readonly Row[] {
  const widths = widthsOf(table, columns)
  if (widths === null) return layRecords(table, columns, styles)
  const bar = styled(styles.border, ' │ ')
  const lay = (cells: readonly Row[]): readonly Row[] => {
    const laid = widths.map((width, index) => wrap(cells[index] ?? '', width))
    const height = largest(laid.map((rows) => rows.length))
    return Array.from({ length: height }, (_, line) =>
      trimEnd(
        row(
          ...widths.flatMap((width, index) => {
            const cell = place(laid[index]?.[line] ?? EMPTY_ROW, width, table.align[index] ?? null)
            return index === 0 ? [cell] : [bar, cell]
          }),
        ),
      ),
    )
  }
  const rule = styled(styles.border, widths.map((width) => '─'.repeat(width)).join('─┼─'))
  const header = table.header.map((cell) => styled(styles.strong, cell))
  return [...lay(header), rule, ...table.rows.flatMap(lay)]
}

const SEPARATOR = 3
/** A column of text is not narrower, and long words are not broken unless they are longer than a readable column. */
const MIN_CELL_COLUMNS = 8
const MAX_WORD_COLUMNS = 18

/** The width of each column, the natural one where it fits; null when there is no room for all. */
function widthsOf({ header, rows }: Table, columns: number): number[] | null {
  const room = columns - SEPARATOR * (header.length - 1)
  if (room < header.length) return null
  const cells = header.map((cell, index) => [cell, ...rows.map((one) => one[index] ?? EMPTY_ROW)])
  const widths = cells.map((column) => Math.min(room, largest(column.map(cellWidth), 1)))
  const least = cells.map((column, index) => leastWidth(column, widths[index] ?? 1))
  let excess = sum(widths) - room
  if (sum(least) > room) return null
  while (excess > 0) {
    const widest = widestColumn(widths, least)
    if (widest < 0) return null
    widths[widest] = (widths[widest] ?? 1) - 1
    excess--
  }
  return widths
}

/** The widest column that may become narrower; -1 when none may. */
function widestColumn(widths: readonly number[], least: readonly number[]): number {
  let found = -1
  for (const [index, width] of widths.entries()) {
    if (width > (least[index] ?? 1) && width > (widths[found] ?? 0)) found = index
  }
  return found
}

function leastWidth(column: readonly Row[], natural: number): number {
  const words = column.flatMap((cell) => rowText(cell).split(/\s+/))
  const longest = largest(words.map((word) => rowWidth(word)))
  return Math.min(natural, Math.max(MIN_CELL_COLUMNS, Math.min(longest, MAX_WORD_COLUMNS)))
}

function sum(widths: readonly number[]): number {
  return widths.reduce((total, width) => total + width, 0)
}

function cellWidth(cell: Row): number {
  return largest(contentLines(cell).map(rowWidth))
}

function place(text: Row, width: number, align: Align): Row {
  const missing = Math.max(0, width - rowWidth(text))
  if (align === 'right') return row(' '.repeat(missing), text)
  if (align === 'center') return pad(row(' '.repeat(Math.floor(missing / 2)), text), width)
  return pad(text, width)
}

function layRecords({ header, rows }: Table, columns: number, styles: Styles): readonly Row[] {
  return rows.flatMap((cells, index) => [
    ...(index > 0 ? [EMPTY_ROW] : []),
    ...cells.flatMap((cell, column) => {
      const name = header[column] ?? EMPTY_ROW
      const label = name.length === 0 ? EMPTY_ROW : row(styled(styles.strong, name), ': ')
      return wrap(row(label, cell), columns, { hang: '  ' })
    }),
  ])
}

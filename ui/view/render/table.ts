import type { Styles } from '../../theme/styles.ts'
import { EMPTY_ROW, type Row, row, styled } from './row.ts'
import { pad, rowWidth, splitLines, trimEnd, wrap } from './wrap.ts'

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
    const height = Math.max(...laid.map((rows) => rows.length))
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
const NARROWEST = 4

/** The width of each column; null when there is no room for all. */
function widthsOf({ header, rows }: Table, columns: number): number[] | null {
  const room = columns - SEPARATOR * (header.length - 1)
  if (room < header.length) return null
  const widths = header.map((cell, index) =>
    Math.min(
      room,
      Math.max(1, ...[cell, ...rows.map((cells) => cells[index] ?? EMPTY_ROW)].map(cellWidth)),
    ),
  )
  let excess = widths.reduce((sum, width) => sum + width, 0) - room
  while (excess > 0) {
    const widest = Math.max(...widths)
    if (widest <= NARROWEST) return null
    widths[widths.indexOf(widest)] = widest - 1
    excess--
  }
  return widths
}

function cellWidth(cell: Row): number {
  return Math.max(...splitLines(cell).map(rowWidth))
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

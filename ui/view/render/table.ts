import type { Styles } from '../../theme/styles.ts'
import type { Row } from '../types.ts'
import { pad, rowWidth, wrap } from './wrap.ts'

type Align = 'left' | 'right' | 'center' | null

interface Table {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly align: readonly Align[]
}

/** A table of styled cells within `columns`: cells wrap; where there is no room for columns, each row is a list. */
export function layTable(table: Table, columns: number, styles: Styles): readonly Row[] {
  const widths = widthsOf(table, columns)
  if (widths === null) return layRecords(table, columns, styles)
  const bar = styles.border(' │ ')
  const lay = (cells: readonly string[]): readonly Row[] => {
    const laid = widths.map((width, index) => wrap(cells[index] ?? '', width))
    const height = Math.max(...laid.map((rows) => rows.length))
    return Array.from({ length: height }, (_, line) =>
      widths
        .map((width, index) => place(laid[index]?.[line] ?? '', width, table.align[index] ?? null))
        .join(bar)
        .trimEnd(),
    )
  }
  const rule = styles.border(widths.map((width) => '─'.repeat(width)).join('─┼─'))
  return [...lay(table.header.map(styles.strong)), rule, ...table.rows.flatMap(lay)]
}

const SEPARATOR = 3
const NARROWEST = 4

/** What each column gets; null when there is no room for all. */
function widthsOf({ header, rows }: Table, columns: number): number[] | null {
  const room = columns - SEPARATOR * (header.length - 1)
  if (room < header.length) return null
  const widths = header.map((cell, index) =>
    Math.min(room, Math.max(1, ...[cell, ...rows.map((row) => row[index] ?? '')].map(cellWidth))),
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

function cellWidth(cell: string): number {
  return Math.max(...cell.split('\n').map(rowWidth))
}

function place(text: string, width: number, align: Align): string {
  const missing = Math.max(0, width - rowWidth(text))
  if (align === 'right') return ' '.repeat(missing) + text
  if (align === 'center') return pad(' '.repeat(Math.floor(missing / 2)) + text, width)
  return pad(text, width)
}

function layRecords({ header, rows }: Table, columns: number, styles: Styles): readonly Row[] {
  return rows.flatMap((row, index) => [
    ...(index > 0 ? [''] : []),
    ...row.flatMap((cell, column) => {
      const name = header[column] ?? ''
      return wrap(`${styles.strong(name)}${name === '' ? '' : ': '}${cell}`, columns, {
        hang: '  ',
      })
    }),
  ])
}

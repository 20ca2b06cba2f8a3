import type { Styles } from '../../theme/styles.ts'
import { EMPTY_ROW, type Row, row, styled } from '../render/row.ts'
import { fitRow } from '../render/wrap.ts'
import type { Size } from '../types.ts'

/** Where a list is, and the details of what is selected in it. */
export interface ListPlaces {
  /** Whether they are next to each other; otherwise the list is above, with a line between them. */
  readonly isWide: boolean
  readonly list: Size
  readonly detail: Size
}

const WIDE_COLUMNS = 88
const LIST_SHARE = 0.36
const MIN_LIST_ROWS = 3
const LIST_SHARE_ABOVE = 0.4
const LINE = ' │ '

/** Divides a pane. `count`: the rows of the complete list. */
export function divideList({ columns, rows }: Size, count: number): ListPlaces {
  const isWide = columns >= WIDE_COLUMNS
  if (isWide) {
    const list = Math.round(columns * LIST_SHARE)
    const detail = { columns: columns - list - LINE.length, rows }
    return { isWide, list: { columns: list, rows }, detail }
  }
  const list = Math.min(count, Math.max(MIN_LIST_ROWS, Math.floor(rows * LIST_SHARE_ABOVE)))
  const detail = { columns, rows: Math.max(0, rows - list - 1) }
  return { isWide, list: { columns, rows: list }, detail }
}

/** The rows of a pane that is divided. */
export function listAndDetail(
  list: readonly Row[],
  detail: readonly Row[],
  places: ListPlaces,
  { border }: Pick<Styles, 'border'>,
): readonly Row[] {
  if (places.isWide) return nextToList(list, detail, places.list, { border })
  return [...list, styled(border, '─'.repeat(places.list.columns)), ...detail]
}

/** The rows of a list of this size, with a line and the details after each. */
export function nextToList(
  list: readonly Row[],
  detail: readonly Row[],
  { columns, rows }: Size,
  { border }: Pick<Styles, 'border'>,
  line = LINE,
): readonly Row[] {
  const separator = styled(border, line)
  return Array.from({ length: rows }, (_, index) =>
    row(fitRow(list[index] ?? EMPTY_ROW, columns), separator, detail[index] ?? EMPTY_ROW),
  )
}

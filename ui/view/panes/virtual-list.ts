import type { Scroll } from '../../state/state.ts'
import type { Row } from '../render/row.ts'

/** A list of items that consist of rows. Only visible items are rendered, as a conversation may be long. */
export interface RowList {
  readonly length: number
  id(index: number): string
  rows(index: number): readonly Row[]
  /** -1 when there is no such item. */
  indexOf(id: string): number
}

export interface Visible {
  readonly rows: readonly Row[]
  /** Items that begin below the last visible row. */
  readonly itemsBelow: number
  readonly atEnd: boolean
  /** The items that have a visible row, from the top. */
  readonly items: readonly VisibleItem[]
}

/** The part of an item that is visible. Rows count from the top of the pane, and from the top of the item. */
export interface VisibleItem {
  readonly index: number
  readonly top: number
  readonly from: number
  readonly to: number
  readonly rows: number
}

/** The first of the rows that are shown around the selected one, when `room` of them are visible. */
export function firstAround(selected: number, room: number, length: number): number {
  return Math.max(0, Math.min(selected - Math.floor(room / 2), length - room))
}

interface ScrollAnchor {
  readonly index: number
  readonly row: number
}

/** The rows from the scroll position on, at most `height`. */
export function visibleRows(list: RowList, scroll: Scroll, height: number): Visible {
  const end = endPlace(list, height)
  const start = clampPlace(placeOf(list, scroll, end), end)
  const rows: Row[] = []
  const items: VisibleItem[] = []
  let index = start.index
  for (let from = start.row; index < list.length && rows.length < height; index++) {
    const all = list.rows(index)
    const to = Math.min(all.length, from + height - rows.length)
    if (to > from) items.push({ index, top: rows.length, from, to, rows: all.length })
    rows.push(...all.slice(from, to))
    from = 0
  }
  return { rows, itemsBelow: list.length - index, atEnd: isSame(start, end), items }
}

/** The same position, which stays at its first item while the list grows; with `follows` it is the end when it is there. */
export function heldScroll(
  list: RowList,
  scroll: Scroll,
  height: number,
  follows: boolean,
): Scroll {
  const end = endPlace(list, height)
  const place = clampPlace(placeOf(list, scroll, end), end)
  return scrollAt(list, place, follows && isSame(place, end))
}

/** The scroll position at which the first row of an item is `top` rows below the top of the pane, as far as the ends allow it. */
export function scrolledWith(list: RowList, height: number, item: string, top: number): Scroll {
  const end = endPlace(list, height)
  let place: ScrollAnchor = { index: Math.max(0, list.indexOf(item)), row: 0 }
  for (let left = Math.abs(top); left > 0; left--) {
    const next = top > 0 ? before(list, place) : after(list, place)
    if (next === null) break
    place = next
  }
  const clamped = clampPlace(place, end)
  return scrollAt(list, clamped, isSame(clamped, end))
}

/** The scroll position after moving by rows. With `follows`, the last position becomes the end of the list. */
export function scrolledBy(
  list: RowList,
  scroll: Scroll,
  height: number,
  by: number,
  follows: boolean,
): Scroll {
  const end = endPlace(list, height)
  let place = clampPlace(placeOf(list, scroll, end), end)
  for (let left = Math.abs(by); left > 0; left--) {
    const next = by < 0 ? before(list, place) : after(list, place)
    if (next === null || isAfter(next, end)) break
    place = next
  }
  return scrollAt(list, place, follows && isSame(place, end))
}

/** The nearest scroll position that shows the full item. */
export function scrolledTo(list: RowList, scroll: Scroll, height: number, item: string): Scroll {
  const index = list.indexOf(item)
  if (index < 0) return scroll
  const end = endPlace(list, height)
  const start = clampPlace(placeOf(list, scroll, end), end)
  if (index < start.index || (index === start.index && start.row > 0)) {
    return { type: 'item', item, row: 0 }
  }
  let rows = -start.row
  for (let at = start.index; at <= index && rows <= height; at++) rows += list.rows(at).length
  if (rows <= height) return scroll
  const afterLast = { index, row: list.rows(index).length }
  return scrollAt(list, clampPlace(rowsBefore(list, afterLast, height), end), false)
}

function scrollAt(list: RowList, place: ScrollAnchor, atEnd: boolean): Scroll {
  if (atEnd || place.index >= list.length) return { type: 'end' }
  return { type: 'item', item: list.id(place.index), row: place.row }
}

function placeOf(list: RowList, scroll: Scroll, end: ScrollAnchor): ScrollAnchor {
  if (scroll.type === 'end') return end
  const index = Math.max(0, list.indexOf(scroll.item))
  const last = Math.max(0, list.length === 0 ? 0 : list.rows(index).length - 1)
  return { index, row: Math.min(scroll.row, last) }
}

/** The first visible row when the last row is at the bottom. Only the items that fit are laid out. */
function endPlace(list: RowList, height: number): ScrollAnchor {
  let left = height
  for (let index = list.length - 1; index >= 0; index--) {
    const { length } = list.rows(index)
    if (length >= left) return { index, row: length - left }
    left -= length
  }
  return { index: 0, row: 0 }
}

function clampPlace(place: ScrollAnchor, end: ScrollAnchor): ScrollAnchor {
  return isAfter(place, end) ? end : place
}

function isAfter(place: ScrollAnchor, other: ScrollAnchor): boolean {
  return place.index > other.index || (place.index === other.index && place.row > other.row)
}

function isSame(place: ScrollAnchor, other: ScrollAnchor): boolean {
  return place.index === other.index && place.row === other.row
}

function before(list: RowList, { index, row }: ScrollAnchor): ScrollAnchor | null {
  if (row > 0) return { index, row: row - 1 }
  for (let at = index - 1; at >= 0; at--) {
    const { length } = list.rows(at)
    if (length > 0) return { index: at, row: length - 1 }
  }
  return null
}

function rowsBefore(list: RowList, from: ScrollAnchor, count: number): ScrollAnchor {
  let place = from
  for (let left = count; left > 0; left--) {
    const next = before(list, place)
    if (next === null) break
    place = next
  }
  return place
}

function after(list: RowList, { index, row }: ScrollAnchor): ScrollAnchor | null {
  if (index < list.length && row + 1 < list.rows(index).length) return { index, row: row + 1 }
  for (let at = index + 1; at < list.length; at++) {
    if (list.rows(at).length > 0) return { index: at, row: 0 }
  }
  return null
}

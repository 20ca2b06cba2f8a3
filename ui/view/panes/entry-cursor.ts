import type { Scroll } from '../../state/state.ts'
import {
  heldScroll,
  type RowList,
  scrolledBy,
  scrolledTo,
  scrolledWith,
  type VisibleItem,
  visibleRows,
} from './virtual-list.ts'

/** A list in which some items can be selected. */
export interface SelectableList extends RowList {
  isSelectable(index: number): boolean
  /** An item that only reports: the cursor begins at what it comes after. */
  isNotice(index: number): boolean
}

export interface EntryCursor {
  /** Null for the newest entry that is no notice, which the cursor then follows. */
  readonly id: string | null
  readonly scroll: Scroll
}

/**
 * The item that keys apply to: the selected one while a row of it is visible, else the visible one that is nearest to it. Without
 * a selection it is the last visible one that is no notice, so that its keys copy and open what the agent wrote.
 */
export function cursorItem(
  list: SelectableList,
  items: readonly VisibleItem[],
  selected: string | null,
): VisibleItem | null {
  const visible = items.filter(({ index }) => list.isSelectable(index))
  const wanted = selected === null ? -1 : list.indexOf(selected)
  const found = visible.find(({ index }) => index === wanted)
  if (found !== undefined) return found
  const [first] = visible
  if (wanted < 0) {
    const newest = visible.findLast(({ index }) => !list.isNotice(index))
    return newest ?? visible.at(-1) ?? null
  }
  const isAbove = first !== undefined && wanted < first.index
  return (isAbove ? first : visible.at(-1)) ?? null
}

/** Rows that stay visible when an item taller than the pane is paged through. */
const KEPT_ROWS = 2

/** The cursor one item further. What is hidden of the item is scrolled into view first. */
export function stepCursor(
  list: SelectableList,
  { id, scroll }: EntryCursor,
  height: number,
  by: 1 | -1,
): EntryCursor {
  const { items } = visibleRows(list, scroll, height)
  const at = cursorItem(list, items, id)
  if (at === null) return { id, scroll: scrolledBy(list, scroll, height, by * height, true) }
  const hidden = by > 0 ? at.rows - at.to : at.from
  if (hidden > 0) {
    const rows = Math.min(hidden, Math.max(1, height - KEPT_ROWS))
    return cursorAt(list, at.index, scrolledBy(list, scroll, height, by * rows, true), height)
  }
  const next = nextSelectable(list, at.index, by)
  if (next >= 0) return cursorOn(list, scroll, height, next, by)
  return by > 0
    ? { id: followedId(list, at.index), scroll: { type: 'end' } }
    : { id: list.id(at.index), scroll: { type: 'item', item: list.id(0), row: 0 } }
}

/** The cursor on an item, which is scrolled into view; of an item that is taller than the pane, the part that comes first in this direction. */
export function cursorOn(
  list: SelectableList,
  scroll: Scroll,
  height: number,
  index: number,
  by: 1 | -1,
): EntryCursor {
  const item = list.id(index)
  const rows = list.rows(index).length
  const shown =
    rows > height
      ? scrolledWith(list, height, item, by > 0 ? 0 : height - rows)
      : scrolledTo(list, scroll, height, item)
  return cursorAt(list, index, shown, height)
}

/** The nearest selectable item after or before `from`; -1 when there is none. */
export function nextSelectable(
  list: SelectableList,
  from: number,
  by: 1 | -1,
  isWanted: (index: number) => boolean = () => true,
): number {
  for (let index = from + by; index >= 0 && index < list.length; index += by) {
    if (list.isSelectable(index) && isWanted(index)) return index
  }
  return -1
}

/** The cursor on an item, with this scroll position. What is added below does not move the view while an older item is selected. On the newest one the cursor follows it. */
export function cursorAt(
  list: SelectableList,
  index: number,
  scroll: Scroll,
  height: number,
): EntryCursor {
  const isNewest = nextSelectable(list, index, 1) < 0
  if (!isNewest) return { id: list.id(index), scroll: heldScroll(list, scroll, height, false) }
  const isShown = list.rows(index).length <= height
  const followed = isShown ? ({ type: 'end' } as const) : heldScroll(list, scroll, height, true)
  const id = followed.type === 'end' ? followedId(list, index) : list.id(index)
  return { id, scroll: followed }
}

/** At the end, the cursor follows the newest entry; a notice is where it was moved to. */
export function followedId(list: SelectableList, index: number): string | null {
  return list.isNotice(index) ? list.id(index) : null
}

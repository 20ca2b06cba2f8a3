import type { PaneId } from '../../state/state.ts'
import { type Row, row, styled } from '../render/row.ts'
import type { Style } from '../render/style.ts'
import type { Size } from '../types.ts'
import type { PaneView } from './pane.ts'
import type { VisibleItem } from './virtual-list.ts'

/** Columns left of the entries, for the mark of the cursor, and right of them. */
interface Margins {
  readonly left: number
  readonly right: number
}

/** Narrower panes have smaller margins, and none: the text needs the room. */
const NARROW_COLUMNS = 30
const TINY_COLUMNS = 10

export function marginsIn(columns: number): Margins {
  if (columns < TINY_COLUMNS) return { left: 0, right: 0 }
  return columns < NARROW_COLUMNS ? { left: 1, right: 0 } : { left: 2, right: 1 }
}

/** Panes whose content has the margins of the conversation. The conversation itself has a mark in its own. */
const INDENTED: ReadonlySet<PaneId> = new Set(['approval'])

/** Pages with lists, of which the text would begin at the edge of the screen. */
const PAGES: ReadonlySet<PaneId> = new Set(['changes', 'skills', 'jobs', 'conversations'])
/** Narrower pages, and the parts of the side column, need the room. */
const MIN_PAGE_COLUMNS = 60

export function marginsOf(pane: PaneId, columns: number): Margins {
  if (INDENTED.has(pane)) return marginsIn(columns)
  return PAGES.has(pane) ? pageMargins(columns) : { left: 0, right: 0 }
}

function pageMargins(columns: number): Margins {
  return columns >= MIN_PAGE_COLUMNS ? { left: 1, right: 1 } : { left: 0, right: 0 }
}

/** Columns of the content of a pane, without margins. */
export function contentColumns(pane: PaneId, columns: number): number {
  const { left, right } = marginsOf(pane, columns)
  return Math.max(1, columns - left - right)
}

/** What a pane has rendered for its content columns, between its margins. */
export function withMargins(pane: PaneId, view: PaneView, columns: number): PaneView {
  return moved(view, marginsOf(pane, columns).left)
}

/** A text that fills a page, between the margins of pages. */
export function onPage(size: Size, render: (inner: Size) => PaneView): PaneView {
  const { left, right } = pageMargins(size.columns)
  return moved(render({ ...size, columns: size.columns - left - right }), left)
}

function moved(view: PaneView, left: number): PaneView {
  if (left === 0) return view
  const { rows, caret } = view
  const at = caret === undefined ? {} : { caret: { ...caret, x: caret.x + left } }
  return { ...view, ...at, rows: rows.map((line) => indented(line, left)) }
}

/** Columns of the text between the margins. */
export function textColumns(columns: number): number {
  const { left, right } = marginsIn(columns)
  return Math.max(1, columns - left - right)
}

const MARK = '▎'

/** The visible rows after the left margin, with a mark before those of an item, except for the blank row that ends it. */
export function withGutter(
  rows: readonly Row[],
  item: VisibleItem | null,
  style: Style,
  columns: number,
): readonly Row[] {
  const { left } = marginsIn(columns)
  if (left === 0) return rows
  const mark = row(styled(style, MARK), ' '.repeat(left - 1))
  return rows.map((line, at) => {
    if (!isMarked(line, at, item)) return indented(line, left)
    return row(mark, line)
  })
}

function isMarked(line: Row, at: number, item: VisibleItem | null): boolean {
  if (item === null) return false
  const { top, from, to } = item
  if (at < top || at >= top + to - from) return false
  const isEnd = from + at - top === item.rows - 1
  return !(isEnd && line.length === 0)
}

// A row that is the same object as in the previous frame is not written again.
const narrow = new WeakMap<Row, Row>()
const wide = new WeakMap<Row, Row>()

function indented(line: Row, left: number): Row {
  if (line.length === 0) return line
  const known = left === 1 ? narrow : wide
  const before = known.get(line)
  if (before !== undefined) return before
  const after = row(' '.repeat(left), line)
  known.set(line, after)
  return after
}

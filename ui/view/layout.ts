import type { ToolCall } from '../../lib/session/state/entry.ts'
import { pendingApprovals } from '../../lib/session/state/selectors.ts'
import { paneOf } from '../state/pages.ts'
import type { PaneId, RootState } from '../state/state.ts'
import { rowsNeeded } from './panes/approval-height.ts'
import { listHeight } from './panes/approval-list.ts'
import { composerColumns, QUEUE_SHOWN } from './panes/composer.ts'
import { contentColumns } from './panes/gutter.ts'
import { sideColumnsNeeded } from './panes/memory-summary.ts'
import { tourTextRows } from './panes/tour.ts'
import { editorRows } from './render/wrap-editor.ts'
import { FOUR_PANES_COLUMNS, hasSideColumn, sideParts, WIDE_COLUMNS } from './side-column.ts'
import type { Rect, Size } from './types.ts'

export interface Placed {
  readonly pane: PaneId
  /** Its title line included. */
  readonly rect: Rect
}

/** On a smaller screen one pane is shown at a time, without the tour, which explains another one. */
export const MIN_PANES_SCREEN = { columns: 60, rows: 15 } as const
/** From this height on there is room for the header. */
const HEADER_ROWS_FROM = 16
/** The minimum rows of the conversation above an approval, its title included. */
const MIN_CONVERSATION_ROWS = 4
const MIN_APPROVAL_ROWS = 10
/** Cells between the conversation and the side panes: a line with a blank on either side. */
export const GAP = 3

/**
 * The rectangle of each visible pane, for screens of any size from one cell. `wantedRows`: those of the message, the only rectangle that
 * depends on its text.
 */
export function layout(
  state: RootState,
  wantedRows: number = composerHeight(state),
): readonly Placed[] {
  const { columns, rows } = state.workbench.viewport
  const statusRows = rows >= 3 ? 1 : 0
  const composerRows = Math.min(wantedRows, Math.max(0, rows - statusRows - 2))
  const top = hasHeader(state) ? 1 : 0
  const tour = tourRows(state)
  const main: Rect = { x: 0, y: top, columns, rows: rows - top - statusRows - composerRows - tour }
  const placed: Placed[] = [...mainPanes(state, main)]
  if (top > 0) placed.unshift({ pane: 'header', rect: { x: 0, y: 0, columns, rows: top } })
  if (tour > 0) {
    placed.push({ pane: 'tour', rect: { x: 0, y: top + main.rows, columns, rows: tour } })
  }
  if (composerRows > 0) {
    const y = top + main.rows + tour
    placed.push({ pane: 'composer', rect: { x: 0, y, columns, rows: composerRows } })
  }
  if (statusRows > 0) {
    placed.push({ pane: 'status', rect: { x: 0, y: rows - 1, columns, rows: statusRows } })
  }
  return placed
}

export function hasRoomForPanes({ columns, rows }: Size): boolean {
  return columns >= MIN_PANES_SCREEN.columns && rows >= MIN_PANES_SCREEN.rows
}

/** Whether the first row shows the pages; otherwise the status line says that there are some. */
export function hasHeader({ workbench }: RootState): boolean {
  return workbench.viewport.rows >= HEADER_ROWS_FROM
}

/** The title line and the longest text, so that what is above it stays where it is from step to step. */
function tourRows({ workbench: { tour, viewport } }: RootState): number {
  return tour === null || !hasRoomForPanes(viewport) ? 0 : 1 + tourTextRows(viewport.columns)
}

/** The title line, the queued messages, what is attached, and the text, up to two fifths of the screen. */
export function composerHeight({ session, workbench }: RootState): number {
  const { viewport, composer } = workbench
  const { starts } = editorRows(composer.text, composer.cursor, composerColumns(viewport.columns))
  const most = Math.max(1, Math.floor(viewport.rows * 0.4) - 1)
  const least = viewport.rows >= 20 ? 2 : 1
  const queued = Math.min(session.queue.length, QUEUE_SHOWN)
  const image = viewport.rows >= MIN_THUMBNAIL_VIEWPORT_ROWS ? (workbench.thumbnail?.rows ?? 0) : 0
  const attached = workbench.attachments.length > 0 ? 1 + image : 0
  return 1 + Math.min(most, queued + attached + Math.max(least, starts.length))
}

/** A smaller screen has no room for the thumbnail of an attached image. */
const MIN_THUMBNAIL_VIEWPORT_ROWS = 24

function mainPanes(state: RootState, main: Rect): readonly Placed[] {
  const { workbench } = state
  const { columns } = workbench.viewport
  const waiting = workbench.hiddenPanes.includes('approval') ? [] : pendingApprovals(state.session)
  if (!hasRoomForPanes(workbench.viewport))
    return [{ pane: onlyPane(state, waiting.length > 0), rect: main }]
  if (waiting.length > 0 && workbench.approval.isFull && workbench.focus === 'approval')
    return [{ pane: 'approval', rect: main }]
  if (workbench.page !== 'chat') return withApproval(main, paneOf(workbench.page), waiting, state)
  const least = waiting.length > 0 ? FOUR_PANES_COLUMNS : WIDE_COLUMNS
  if (columns < least) return narrowPanes(state, main, waiting)
  const height = waiting.length === 0 ? 0 : approvalRows(main, waiting, state)
  const upper = { ...main, rows: main.rows - height }
  const approval: Rect = { ...main, y: main.y + upper.rows, rows: height }
  return [
    ...(upper.rows > 0 ? chatPanes(state, upper) : []),
    ...(height > 0 ? [{ pane: 'approval' as const, rect: approval }] : []),
  ]
}

/** The conversation with the side column. */
function chatPanes(state: RootState, area: Rect): readonly Placed[] {
  if (!hasSideColumn(state)) return [{ pane: 'conversation', rect: area }]
  const columns = sideWidth(state)
  const x = area.columns - columns
  let y = area.y
  const side = sideParts(area.rows, state).map(({ pane, rows }) => {
    const rect = { x, y, columns, rows }
    y += rows
    return { pane, rect }
  })
  return [{ pane: 'conversation', rect: { ...area, columns: x - GAP } }, ...side]
}

/** Columns of the side column: those that its contents need, up to its share; its share once the user has set it. */
export function sideWidth(state: RootState): number {
  const { viewport, sideShare, hasOwnSideShare } = state.workbench
  const share = Math.round(viewport.columns * sideShare)
  const least = Math.min(Math.round(viewport.columns * MIN_SIDE_SHARE), MAX_SPARE_COLUMNS)
  const needed = Math.max(sideColumnsNeeded(state), least)
  const wanted = hasOwnSideShare ? share : Math.min(share, needed)
  return Math.max(MIN_SIDE_COLUMNS, Math.min(viewport.columns - 50, wanted))
}

const MIN_SIDE_COLUMNS = 28
const MIN_SIDE_SHARE = 0.27
/** Wider than that only where the contents need it. */
const MAX_SPARE_COLUMNS = 59

function onlyPane({ workbench }: RootState, waits: boolean): PaneId {
  const { focus, page } = workbench
  if (focus === 'composer') return waits ? 'approval' : paneOf(page)
  return focus === 'approval' && !waits ? paneOf(page) : focus
}

/** A side pane replaces the conversation while it has the focus. */
function narrowPanes(
  state: RootState,
  main: Rect,
  waiting: readonly ToolCall[],
): readonly Placed[] {
  const { focus } = state.workbench
  const upper = focus === 'memory' || focus === 'skills' ? focus : 'conversation'
  return withApproval(main, upper, waiting, state)
}

/** An approval below the pane that fills the rest of the area. */
function withApproval(
  area: Rect,
  upper: PaneId,
  waiting: readonly ToolCall[],
  state: RootState,
): readonly Placed[] {
  if (waiting.length === 0) return [{ pane: upper, rect: area }]
  const rows = approvalRows(area, waiting, state)
  const above = area.rows - rows
  return [
    ...(above > 0 ? [{ pane: upper, rect: { ...area, rows: above } }] : []),
    { pane: 'approval', rect: { ...area, y: area.y + above, rows } },
  ]
}

/**
 * The rows that the calls need, up to the share of the approval, so that the conversation stays visible. The complete area when it
 * is zoomed, and while it is read on a screen that has no room for all panes.
 */
function approvalRows(area: Rect, waiting: readonly ToolCall[], { workbench }: RootState): number {
  const hasFocus = workbench.focus === 'approval'
  if (hasFocus && workbench.approval.isZoomed) return area.rows
  if (hasFocus && area.columns < FOUR_PANES_COLUMNS) return area.rows
  const most = Math.round(area.rows * workbench.approvalShare)
  const columns = contentColumns('approval', area.columns)
  const needed = Math.max(...waiting.map((call) => rowsNeeded(call, columns, most)))
  const listed = needed + listHeight(waiting.length)
  const wanted = Math.max(MIN_APPROVAL_ROWS, Math.min(listed, most))
  return Math.max(Math.min(area.rows, 5), Math.min(wanted, area.rows - MIN_CONVERSATION_ROWS))
}

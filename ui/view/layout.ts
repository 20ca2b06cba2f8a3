import { pendingApprovals, type ToolCall } from '../../lib/session/state.ts'
import { paneOf } from '../state/pages.ts'
import type { PaneId, RootState } from '../state/state.ts'
import { rowsNeeded } from './panes/approval.ts'
import { listHeight } from './panes/approval-list.ts'
import { QUEUE_SHOWN, textColumns } from './panes/composer.ts'
import { editorRows } from './render/wrap-editor.ts'
import type { Rect } from './types.ts'

export interface Placed {
  readonly pane: PaneId
  /** Its title line included. */
  readonly rect: Rect
}

/** From this width on the side panes are next to the conversation. */
const WIDE_COLUMNS = 100
/** On a smaller screen one pane is shown at a time. */
const SMALL = { columns: 60, rows: 15 }
/** The minimum rows of the conversation above an approval, its title included, and of the approval. */
/** From this height on there is room for the header. */
const HEADER_ROWS_FROM = 16
const MIN_CONVERSATION_ROWS = 4
const MIN_APPROVAL_ROWS = 10
/** Cells between the conversation and the side panes: a line with a blank on either side. */
export const GAP = 3

/** The rectangle of each visible pane, for screens of any size from one cell. */
export function layout(state: RootState): readonly Placed[] {
  const { columns, rows } = state.workbench.viewport
  const statusRows = rows >= 3 ? 1 : 0
  const composerRows = Math.min(composerHeight(state), Math.max(0, rows - statusRows - 2))
  const top = hasHeader(state) ? 1 : 0
  const main: Rect = { x: 0, y: top, columns, rows: rows - top - statusRows - composerRows }
  const placed: Placed[] = [...mainPanes(state, main)]
  if (top > 0) placed.unshift({ pane: 'header', rect: { x: 0, y: 0, columns, rows: top } })
  if (composerRows > 0) {
    const y = top + main.rows
    placed.push({ pane: 'composer', rect: { x: 0, y, columns, rows: composerRows } })
  }
  if (statusRows > 0) {
    placed.push({ pane: 'status', rect: { x: 0, y: rows - 1, columns, rows: statusRows } })
  }
  return placed
}

/** Whether the first row shows the pages; otherwise the status line says that there are some. */
export function hasHeader({ workbench }: RootState): boolean {
  return workbench.viewport.rows >= HEADER_ROWS_FROM
}

/** The title line, the queued messages and the text, up to two fifths of the screen. */
function composerHeight({ session, workbench }: RootState): number {
  const { viewport, composer } = workbench
  const { rows } = editorRows(composer.text, composer.cursor, textColumns(viewport.columns))
  const most = Math.max(1, Math.floor(viewport.rows * 0.4) - 1)
  const least = viewport.rows >= 20 ? 2 : 1
  const queued = Math.min(session.queue.length, QUEUE_SHOWN)
  return 1 + Math.min(most, queued + Math.max(least, rows.length))
}

function mainPanes(state: RootState, main: Rect): readonly Placed[] {
  const { workbench } = state
  const { columns, rows } = workbench.viewport
  const waiting = pendingApprovals(state.session)
  if (columns < SMALL.columns || rows < SMALL.rows)
    return [{ pane: onlyPane(state, waiting.length > 0), rect: main }]
  if (waiting.length > 0 && workbench.approval.isFull && workbench.focus === 'approval')
    return [{ pane: 'approval', rect: main }]
  if (workbench.page !== 'chat') return withApproval(main, paneOf(workbench.page), waiting, state)
  if (columns < WIDE_COLUMNS) return narrowPanes(state, main, waiting)
  const side = (['memory', 'skills'] as const).filter(
    (pane) => !workbench.hiddenPanes.includes(pane),
  )
  if (side.length === 0) return withApproval(main, 'conversation', waiting, state)
  const sideColumns = Math.max(
    28,
    Math.min(columns - 50, Math.round(columns * workbench.sideShare)),
  )
  const left: Rect = { ...main, columns: columns - sideColumns - GAP }
  const right: Rect = { ...main, x: columns - sideColumns, columns: sideColumns }
  return [...withApproval(left, 'conversation', waiting, state), ...stacked(right, side)]
}

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

/** An approval has the rows that its calls need, up to its share, so that the conversation remains visible where possible. */
function withApproval(
  area: Rect,
  upper: PaneId,
  waiting: readonly ToolCall[],
  { workbench }: RootState,
): readonly Placed[] {
  if (waiting.length === 0 || workbench.hiddenPanes.includes('approval'))
    return [{ pane: upper, rect: area }]
  const share = Math.round(area.rows * workbench.approvalShare)
  const needed = Math.max(...waiting.map((call) => rowsNeeded(call, area.columns, share)))
  const listed = needed + listHeight(waiting.length)
  const wanted = Math.max(MIN_APPROVAL_ROWS, Math.min(listed, share))
  const rows = Math.max(Math.min(area.rows, 5), Math.min(wanted, area.rows - MIN_CONVERSATION_ROWS))
  const above = area.rows - rows
  return [
    ...(above > 0 ? [{ pane: upper, rect: { ...area, rows: above } }] : []),
    { pane: 'approval', rect: { ...area, y: area.y + above, rows } },
  ]
}

function stacked(area: Rect, panes: readonly PaneId[]): readonly Placed[] {
  const [first, second] = panes
  if (first === undefined) return []
  if (second === undefined) return [{ pane: first, rect: area }]
  const above = Math.round(area.rows * 0.6)
  return [
    { pane: first, rect: { ...area, rows: above } },
    { pane: second, rect: { ...area, y: area.y + above, rows: area.rows - above } },
  ]
}

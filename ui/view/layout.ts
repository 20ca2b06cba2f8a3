import { pendingApprovals, type ToolCall } from '../../lib/session/state.ts'
import type { PaneId, RootState } from '../state/state.ts'
import { rowsNeeded } from './panes/approval.ts'
import { QUEUE_SHOWN, textColumns } from './panes/composer.ts'
import { editorRows } from './render/wrap-editor.ts'
import type { Rect } from './types.ts'

export interface Placed {
  readonly pane: PaneId
  /** Its title line included. */
  readonly rect: Rect
}

/** From here on the side panes stand beside the conversation. */
const WIDE = 100
/** Below this there is one pane at a time. */
const SMALL = { columns: 60, rows: 15 }
/** Rows that the conversation keeps above an approval, its title included, and those the approval wants at least. */
const CONVERSATION_KEPT = 4
const APPROVAL_WANTED = 10
/** Cells between the conversation and the side panes: a line with a blank on either side. */
export const GAP = 3

/** A rectangle for each pane on show. Works down to one cell. */
export function layout(state: RootState): readonly Placed[] {
  const { columns, rows } = state.workbench.viewport
  const statusRows = rows >= 3 ? 1 : 0
  const composerRows = Math.min(composerHeight(state), Math.max(0, rows - statusRows - 2))
  const main: Rect = { x: 0, y: 0, columns, rows: rows - statusRows - composerRows }
  const placed: Placed[] = [...mainPanes(state, main)]
  if (composerRows > 0) {
    placed.push({ pane: 'composer', rect: { x: 0, y: main.rows, columns, rows: composerRows } })
  }
  if (statusRows > 0) {
    placed.push({ pane: 'status', rect: { x: 0, y: rows - 1, columns, rows: statusRows } })
  }
  return placed
}

/** Its title line, the messages that wait, and its text, up to two fifths of the screen. */
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
  if (columns < WIDE) return narrowPanes(state, main, waiting)
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
  const { focus } = workbench
  if (focus === 'composer') return waits ? 'approval' : 'conversation'
  return focus === 'approval' && !waits ? 'conversation' : focus
}

/** A side pane takes the conversation's place while it has the focus. */
function narrowPanes(
  state: RootState,
  main: Rect,
  waiting: readonly ToolCall[],
): readonly Placed[] {
  const { focus } = state.workbench
  const upper = focus === 'memory' || focus === 'skills' ? focus : 'conversation'
  return withApproval(main, upper, waiting, state)
}

/** An approval takes what its calls need, up to its share: what led to it stays in sight as far as it can. */
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
  const wanted = Math.max(APPROVAL_WANTED, Math.min(needed, share))
  const rows = Math.max(Math.min(area.rows, 5), Math.min(wanted, area.rows - CONVERSATION_KEPT))
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

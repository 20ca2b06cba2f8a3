import { pendingApprovals, shownChanges } from '../../lib/session/state/selectors.ts'
import type { PaneId, RootState } from '../state/state.ts'
import { summaryHeight } from './panes/memory-summary.ts'
import { skillRowsNeeded } from './panes/skill-items.ts'
import { openTodoList } from './panes/todo-lists.ts'

/** From this width on the side panes are next to the conversation. */
export const WIDE_COLUMNS = 100
/** From this width on an approval leaves the side column in sight. */
export const FOUR_PANES_COLUMNS = 120

/** Whether the chat page has a column next to the conversation. */
export function hasSideColumn(state: RootState): boolean {
  const { viewport, page, hiddenPanes, approval, focus } = state.workbench
  const isWaiting = !hiddenPanes.includes('approval') && pendingApprovals(state.session).length > 0
  if (page !== 'chat' || viewport.columns < (isWaiting ? FOUR_PANES_COLUMNS : WIDE_COLUMNS))
    return false
  if (isWaiting && approval.isFull && focus === 'approval') return false
  return !hiddenPanes.includes('memory') || !hiddenPanes.includes('skills')
}

type SidePane = Extract<PaneId, 'tasks' | 'memory' | 'changes' | 'skills' | 'jobs'>

interface SidePart {
  readonly pane: SidePane
  /** Its title included. */
  readonly rows: number
}

/** Rows of lists that are only summarized here. */
const MAX_LISTED = { tasks: 8, changes: 5, jobs: 3 } as const
/** Memory and skills have at least these rows. */
const MIN_MAIN_ROWS = 8

/** The parts of the side column, from the top, with the rows that their contents need. The last one gets what is left. */
export function sideParts(rows: number, state: RootState): readonly SidePart[] {
  const { hiddenPanes } = state.workbench
  const room = Math.max(0, rows - Math.max(MIN_MAIN_ROWS, Math.round(rows * 0.4)))
  const listed = listedParts(room, state)
  const left = rows - listed.reduce((sum, part) => sum + part.rows, 0)
  const main = (['memory', 'skills'] as const).filter((pane) => !hiddenPanes.includes(pane))
  const above =
    main.length < 2 || left < 2 ? left : Math.max(1, Math.min(left - 1, memoryRows(left, state)))
  const rowsOf = (pane: SidePane): number =>
    listed.find((part) => part.pane === pane)?.rows ?? (pane === main[0] ? above : left - above)
  return ORDER.filter(
    (pane) => main.some((one) => one === pane) || listed.some((part) => part.pane === pane),
  )
    .map((pane) => ({ pane, rows: rowsOf(pane) }))
    .filter((part) => part.rows > 0)
}

const ORDER = ['tasks', 'memory', 'changes', 'skills', 'jobs'] as const

/** What is listed in addition to memory and skills, as long as there is something and room for it. */
function listedParts(room: number, { session }: RootState): readonly SidePart[] {
  const counts = {
    tasks: openTodoList(session)?.todos.length ?? 0,
    changes: shownChanges(session).files.length,
    jobs: session.jobs.length,
  }
  let left = room
  return (['tasks', 'changes', 'jobs'] as const).flatMap((pane) => {
    const rows = Math.min(left, 1 + Math.min(MAX_LISTED[pane], counts[pane]))
    if (counts[pane] === 0 || rows < 2) return []
    left -= rows
    return [{ pane, rows }]
  })
}

function memoryRows(rows: number, state: RootState): number {
  const { focus, memory } = state.workbench
  const skills = Math.min(1 + skillRowsNeeded(state), Math.round(rows * 0.4))
  if (focus === 'memory' || memory.editing !== null || memory.merging !== null) {
    return rows - Math.min(skills, Math.round(rows * 0.25))
  }
  const needed = 1 + summaryHeight(state)
  return Math.min(needed, focus === 'skills' ? Math.round(rows * 0.4) : rows - skills)
}

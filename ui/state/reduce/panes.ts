import { pendingApprovals } from '../../../lib/session/state.ts'
import type { WorkbenchEvent } from '../events.ts'
import type { Focus, PaneId, RootState, Scroll, WorkbenchState } from '../state.ts'

export function focusOn(state: WorkbenchState, focus: Focus): WorkbenchState {
  const hidden = state.hidden.filter((pane) => pane !== focus)
  const shown = hidden.length === state.hidden.length ? state.hidden : hidden
  return { ...state, focus, hidden: shown, approval: { ...state.approval, armed: null } }
}

const RING: readonly Focus[] = ['composer', 'conversation', 'memory', 'skills', 'approval']

export function neighbour(root: RootState, by: 1 | -1): Focus {
  const { hidden, focus } = root.workbench
  const hasApproval = pendingApprovals(root.session).length > 0
  const ring = RING.filter((pane) => (pane === 'approval' ? hasApproval : !hidden.includes(pane)))
  const at = ring.indexOf(focus)
  return ring[(at + by + ring.length) % ring.length] ?? 'composer'
}

export function togglePane(state: WorkbenchState, pane: PaneId): WorkbenchState {
  const hidden = toggled(state.hidden, pane)
  const focus = hidden.includes(state.focus) ? 'composer' : state.focus
  return { ...state, hidden, focus }
}

export function resize(
  state: WorkbenchState,
  { share, by }: Extract<WorkbenchEvent, { type: 'pane.resized' }>,
): WorkbenchState {
  const within = (value: number): number => Math.min(0.8, Math.max(0.2, value))
  return share === 'side'
    ? { ...state, sideShare: within(state.sideShare + by) }
    : { ...state, approvalShare: within(state.approvalShare + by) }
}

export function withScroll(state: WorkbenchState, pane: Focus, scroll: Scroll): WorkbenchState {
  return { ...state, scroll: { ...state.scroll, [pane]: scroll } }
}

/** The very first rows of a pane: before any item. */
export function isTop(scroll: Scroll): boolean {
  return scroll.type === 'item' && (scroll.item === '' || scroll.item === 'head')
}

/** Who leaves the end of the conversation has seen all that is there by then. */
export function scrolled(
  { session, workbench: state }: RootState,
  pane: Focus,
  to: Scroll,
): WorkbenchState {
  const leaves = pane === 'conversation' && state.scroll.conversation.type === 'end'
  const seen = leaves ? session.settled.length + session.current.length : state.seen
  return { ...withScroll(state, pane, to), seen }
}

export function toggled<Item>(items: readonly Item[], item: Item): readonly Item[] {
  return items.includes(item) ? items.filter((other) => other !== item) : [...items, item]
}

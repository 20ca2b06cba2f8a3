import { pendingApprovals } from '../../../lib/session/state/selectors.ts'
import type { WorkbenchEvent } from '../events.ts'
import { type PageId, pageOf, paneOf } from '../pages.ts'
import type { Focus, PaneId, RootState, Scroll, WorkbenchState } from '../state.ts'

export function focusOn(state: WorkbenchState, focus: Focus): WorkbenchState {
  const isHidden = state.hiddenPanes.includes(focus)
  const hiddenPanes = isHidden
    ? state.hiddenPanes.filter((pane) => pane !== focus)
    : state.hiddenPanes
  const page = pageWith(state.page, focus)
  return { ...state, focus, page, hiddenPanes, approval: { ...state.approval, confirming: null } }
}

/** The page on which a pane can be seen: the current one if possible. */
function pageWith(current: PageId, focus: Focus): PageId {
  const page = pageOf(focus)
  if (page === null || current === page) return current
  return current === 'chat' && isOnChat(focus) ? 'chat' : page
}

/** Whether the chat page shows the pane as well. */
export function isOnChat(pane: Focus): boolean {
  return FOCUS_ORDER.includes(pane)
}

/** The chat page leaves the keys with a pending approval. */
export function showPage(state: WorkbenchState, page: PageId): WorkbenchState {
  const pane = page === 'chat' ? chatFocus(state.focus) : paneOf(page)
  return focusOn({ ...state, page }, pane)
}

function chatFocus(focus: Focus): Focus {
  return focus === 'approval' ? focus : 'composer'
}

const FOCUS_ORDER: readonly Focus[] = ['composer', 'conversation', 'memory', 'skills', 'approval']

export function adjacentPane(root: RootState, by: 1 | -1): Focus {
  const { hiddenPanes, focus, page } = root.workbench
  const hasApproval = pendingApprovals(root.session).length > 0
  const order: readonly Focus[] =
    page === 'chat' ? FOCUS_ORDER : ['composer', paneOf(page), 'approval']
  const ring = order.filter((pane) =>
    pane === 'approval' ? hasApproval : !hiddenPanes.includes(pane),
  )
  const at = ring.indexOf(focus)
  return ring[(at + by + ring.length) % ring.length] ?? 'composer'
}

export function togglePane(state: WorkbenchState, pane: PaneId): WorkbenchState {
  const hiddenPanes = toggleItem(state.hiddenPanes, pane)
  const focus = hiddenPanes.includes(state.focus) ? 'composer' : state.focus
  return { ...state, hiddenPanes, focus }
}

export function resize(
  state: WorkbenchState,
  { share, by }: Extract<WorkbenchEvent, { type: 'pane.resized' }>,
): WorkbenchState {
  const within = (value: number): number => Math.min(0.8, Math.max(0.2, value))
  return share === 'side'
    ? { ...state, sideShare: within(state.sideShare + by), hasOwnSideShare: true }
    : { ...state, approvalShare: within(state.approvalShare + by) }
}

export function withScroll(state: WorkbenchState, pane: Focus, scroll: Scroll): WorkbenchState {
  return { ...state, scroll: { ...state.scroll, [pane]: scroll } }
}

/** Whether these are the very first rows of a pane, before any item. */
export function isTop(scroll: Scroll): boolean {
  return scroll.type === 'item' && (scroll.item === '' || scroll.item === 'head')
}

/** When the conversation is scrolled away from its end, all of its entries have been seen. */
export function scrollPane(
  { session, workbench: state }: RootState,
  pane: Focus,
  to: Scroll,
): WorkbenchState {
  const leaves = pane === 'conversation' && state.scroll.conversation.type === 'end'
  const seen = leaves ? session.settled.length + session.current.length : state.seenEntries
  return { ...withScroll(state, pane, to), seenEntries: seen }
}

export function toggleItem<Item>(items: readonly Item[], item: Item): readonly Item[] {
  return items.includes(item) ? items.filter((other) => other !== item) : [...items, item]
}

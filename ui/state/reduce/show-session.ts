import { openThread, pendingApprovals } from '../../../lib/session/state/selectors.ts'
import type { SessionState } from '../../../lib/session/state/session-state.ts'
import { threadKey } from '../../../lib/util/thread.ts'
import type { HiddenScreen, RootState, WorkbenchState } from '../state.ts'
import { advanceApproval, NO_APPROVAL, showApproval } from './approvals.ts'
import { NO_MEMORY_PANE } from './memory-pane.ts'
import { focusOn, withScroll } from './panes.ts'

/**
 * Another session is shown. What was selected, expanded and half answered in the one before is found again when it is shown
 * again; the message that is being written stays where it is.
 */
export function showSession(
  { session: before, workbench: state }: RootState,
  session: SessionState,
): WorkbenchState {
  const screens = new Map(state.hiddenScreens)
  screens.set(threadKey(openThread(before)), screenOf(state, before))
  const key = threadKey(openThread(session))
  const { conversation, approval, waiting: _, ...screen } = screens.get(key) ?? NEW_SCREEN
  screens.delete(key)
  const isSameAgent = session.agent?.id === before.agent?.id
  const next: WorkbenchState = {
    ...withScroll(state, 'conversation', conversation),
    ...screen,
    // An answer counts from the moment at which the call can be seen.
    approval: {
      ...approval,
      view: state.approval.view,
      confirming: null,
      focusedFor: null,
      visibleSince: state.now,
    },
    hiddenScreens: screens,
    memory: isSameAgent ? state.memory : NO_MEMORY_PANE,
    overlay: null,
    search: null,
    finding: null,
    textSelection: null,
    firstPress: null,
  }
  const away = next.focus === 'approval' ? focusOn(next, 'composer') : next
  const [first] = pendingApprovals(session)
  const asked =
    approval.callId === null ? showApproval(away, first?.callId ?? null, state.now) : away
  return advanceApproval(asked, session)
}

function screenOf(state: WorkbenchState, session: SessionState): HiddenScreen {
  const { approval, expanded, allExpanded, selectedEntry, filter, seenEntries, scroll } = state
  const { agent, conversation, current } = session
  const isWaiting = pendingApprovals(session).length > 0
  return {
    approval,
    expanded,
    allExpanded,
    selectedEntry,
    filter,
    seenEntries,
    conversation: scroll.conversation,
    waiting: isWaiting ? { agent, conversation, current } : null,
  }
}

const NEW_SCREEN: HiddenScreen = {
  approval: NO_APPROVAL,
  expanded: [],
  allExpanded: false,
  selectedEntry: null,
  filter: null,
  seenEntries: 0,
  conversation: { type: 'end' },
  waiting: null,
}

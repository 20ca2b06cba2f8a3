import { pendingApprovals, type SessionState } from '../../../lib/session/state.ts'
import type { WorkbenchState } from '../state.ts'
import { focusOn, withScroll } from './panes.ts'

/** A person who is typing is never interrupted: keys must not answer a question that has only just come up. */
const QUIET_MS = 500

export function approvalRequested(
  state: WorkbenchState,
  session: SessionState,
  at: number,
): WorkbenchState {
  const waiting = pendingApprovals(session)
  if (waiting.length === 0) return state
  const isShown = waiting.some((call) => call.callId === state.approval.shown)
  const next = isShown ? state : showApproval(state, waiting[0]?.callId ?? null, at)
  return offerToDecide({ ...next, now: at }, session)
}

/** Takes the keys to a call that waits, once, as soon as no key is on its way to anything else. */
export function offerToDecide(state: WorkbenchState, session: SessionState): WorkbenchState {
  const { shown, offered } = state.approval
  if (shown === null || offered === shown || pendingApprovals(session).length === 0) return state
  if (!isIdle(state, state.now)) return state
  const approval = { ...state.approval, offered: shown, since: state.now }
  return { ...focusOn(state, 'approval'), approval }
}

/** True when no key that is on its way could be meant for anything but the empty message. */
function isIdle({ focus, composer, overlay, typedAt }: WorkbenchState, at: number): boolean {
  return (
    focus === 'composer' && composer.text === '' && overlay === null && at - typedAt >= QUIET_MS
  )
}

export function advanceApproval(state: WorkbenchState, session: SessionState): WorkbenchState {
  const waiting = pendingApprovals(session)
  if (waiting.some((call) => call.callId === state.approval.shown)) return state
  const next = showApproval(state, waiting[0]?.callId ?? null, state.now)
  return waiting.length === 0 && state.focus === 'approval' ? focusOn(next, 'composer') : next
}

export function showApproval(
  state: WorkbenchState,
  callId: string | null,
  at: number,
): WorkbenchState {
  if (state.approval.shown === callId) return state
  const top = withScroll(state, 'approval', { type: 'item', item: '', row: 0 })
  return { ...top, approval: { ...state.approval, shown: callId, since: at, armed: null } }
}

import { namedWait } from '../../util/named-wait.ts'
import type { SessionEvent } from '../events.ts'
import type { Entry } from '../state/entry.ts'
import type { SessionState } from '../state/session-state.ts'
import type { FailedTurn } from '../state/turn.ts'

/**
 * What can be tried again, and errors that no longer apply. Runs before the other reducers, so that it sees the entries of the
 * turn and whether an agent was open.
 */
export function reduceFailedTurn(state: SessionState, event: SessionEvent): SessionState {
  switch (event.type) {
    case 'turn.finished':
      return { ...state, failedTurn: failedTurn(state, event) }
    case 'turn.interrupted':
      return { ...state, failedTurn: interruptedTurn(state.settled) }
    case 'history.loaded':
      return { ...state, failedTurn: failedBefore(event.entries) }
    case 'turn.started':
    case 'conversation.opened':
    case 'history.cleared':
      return state.failedTurn === null ? state : { ...state, failedTurn: null }
    case 'agent.opened':
      return { ...state, failedTurn: null, ...(state.agent === null ? withoutErrors(state) : {}) }
    default:
      return state
  }
}

function failedTurn(
  { current }: SessionState,
  { outcome, at }: Extract<SessionEvent, { type: 'turn.finished' }>,
): FailedTurn | null {
  const sent = current.findLast(({ type }) => type === 'user')
  if (outcome.type !== 'failed' || sent?.type !== 'user') return null
  if (outcome.isElsewhere === true) return null
  const wait = namedWait(outcome.message) ?? namedWait(outcome.hint ?? '')
  const attaches = sent.attaches === true
  return { message: sent.text, attaches, retryAt: wait === null ? null : at + wait }
}

/** What the message attaches is read again, from what it names. */
function interruptedTurn(entries: readonly Entry[]): FailedTurn | null {
  const sent = entries.findLast(({ type }) => type === 'user')
  if (sent?.type !== 'user') return null
  return { message: sent.text, attaches: sent.text.includes('@'), retryAt: null }
}

/** The newest message, when its turn has failed in an earlier session. */
function failedBefore(entries: readonly Entry[]): FailedTurn | null {
  const sent = entries.findLast(({ type }) => type === 'user')
  return sent?.type === 'user' && sent.outcome === 'failed' ? interruptedTurn(entries) : null
}

/** Why no agent could be opened is history once one is open. */
function withoutErrors({
  settled,
  current,
}: SessionState): Pick<SessionState, 'settled' | 'current'> {
  const isNoError = (entry: Entry): boolean => entry.type !== 'notice' || entry.level !== 'error'
  return { settled: settled.filter(isNoError), current: current.filter(isNoError) }
}

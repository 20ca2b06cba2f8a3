import type { SessionEvent } from '../events.ts'
import type { SessionState } from '../state/session-state.ts'

/** The requests that are repeated later. That of the server ends with what the model writes next. */
export function reduceRetryWaits(state: SessionState, event: SessionEvent): SessionState {
  const { retryWaits } = state
  switch (event.type) {
    case 'retry.waiting': {
      const { id, reason, until, ofServer = false } = event
      const others = retryWaits.filter((one) => !(ofServer && one.ofServer))
      return { ...state, retryWaits: [...others, { id, reason, until, ofServer }] }
    }
    case 'retry.ended':
      return { ...state, retryWaits: retryWaits.filter(({ id }) => id !== event.id) }
    case 'message.delta':
    case 'tool.delta':
    case 'turn.finished':
      return retryWaits.some(({ ofServer }) => ofServer)
        ? { ...state, retryWaits: retryWaits.filter(({ ofServer }) => !ofServer) }
        : state
    default:
      return state
  }
}

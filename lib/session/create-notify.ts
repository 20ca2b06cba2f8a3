import type { Store } from '../store.ts'
import type { SessionEvent } from './events.ts'
import type { Services } from './services.ts'
import type { SessionState } from './state/session-state.ts'

/** Reports to a person, in the conversation. */
export function createNotify(
  store: Store<SessionState, SessionEvent>,
  newId: () => string,
): Services['notify'] {
  return (level, text, hint, when) => {
    const notice = { id: newId(), level, text, hint: hint ?? null }
    const flag = when === 'now' ? { isMomentary: true as const } : {}
    store.dispatch({ type: 'notice.posted', ...notice, ...flag })
  }
}

import type { SessionEvent } from '../../lib/session/events.ts'
import type { Session } from '../../lib/session/session.ts'
import type { SessionState } from '../../lib/session/state.ts'
import type { Store } from '../../lib/store.ts'
import { UserError } from '../../lib/util/user-error.ts'

/**
 * Stands for the session until its parts are loaded, so that the first paint need not wait for them: messages are queued,
 * all else says that it is too early.
 */
export function createPendingSession(
  store: Store<SessionState, SessionEvent>,
  newId: () => string,
): Session {
  const tooEarly = (): never => {
    throw new UserError('The agent is still being opened.')
  }
  return {
    store,
    opened: Promise.resolve(),
    send: (text) => store.dispatch({ type: 'message.queued', id: newId(), text }),
    unqueue: (id) => store.dispatch({ type: 'message.unqueued', id }),
    notify: (level, text, hint) =>
      store.dispatch({ type: 'notice.posted', id: newId(), level, text, hint: hint ?? null }),
    setMode: (mode) => store.dispatch({ type: 'mode.changed', mode }),
    cancel: () => {},
    close: async () => {},
    allow: tooEarly,
    allowAlways: tooEarly,
    deny: tooEarly,
    editMemory: tooEarly,
    refreshSkills: tooEarly,
    rename: tooEarly,
    listModels: tooEarly,
    setModel: tooEarly,
    listAgents: tooEarly,
    openAgent: tooEarly,
    signIn: tooEarly,
    signOut: tooEarly,
    saveSetting: tooEarly,
    loadEarlier: tooEarly,
    clear: tooEarly,
    checkpoints: tooEarly,
    undo: tooEarly,
    jobs: () => [],
    jobOutput: () => null,
    killJob: tooEarly,
    compact: tooEarly,
    contextWindow: tooEarly,
    removeRule: tooEarly,
    linkTools: tooEarly,
    unlinkTools: tooEarly,
    trust: tooEarly,
    distrust: tooEarly,
  }
}

import { randomUUID } from 'node:crypto'
import type { SessionEvent } from '../../lib/session/events.ts'
import type { RulesPort } from '../../lib/session/ports/rules.ts'
import type { ShellLinesPort } from '../../lib/session/ports/shell-lines.ts'
import type { Session } from '../../lib/session/session.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import type { Store } from '../../lib/store.ts'
import { UserError } from '../../lib/util/user-error.ts'
import { STILL_OPENING } from '../messages/program.ts'

/**
 * The session until its modules are loaded, so that the first paint need not wait for them. What is only a fact (a message to
 * send, a mode) goes into the store, where the session finds it; all other ports refuse.
 */
export function createPendingSession(store: Store<SessionState, SessionEvent>): Session {
  return {
    store,
    opened: Promise.resolve(),
    turns: {
      send(text, delivery = 'step', attaches = false) {
        const flag = attaches ? { attaches: true as const } : {}
        store.dispatch({ type: 'message.queued', id: randomUUID(), text, delivery, ...flag })
      },
      unqueue: (id) => store.dispatch({ type: 'message.unqueued', id }),
      requeue: (id, change) => store.dispatch({ type: 'queue.changed', id, ...change }),
      resume: () => {},
      retry: () => {},
      retryNow: () => {},
      giveUpWaits: () => false,
      cancel: () => {},
      takeOver: () => {},
    },
    rules: refusing<RulesPort>({
      setMode: (mode) => store.dispatch({ type: 'mode.changed', mode }),
    }),
    accounts: refusing(),
    agents: refusing(),
    approvals: refusing(),
    // What cannot be attached is reported when the message is sent.
    attachments: { inspect: async () => [], image: async () => null },
    changes: refusing(),
    conversations: refusing(),
    git: refusing(),
    jobs: refusing(),
    memory: refusing(),
    models: refusing(),
    preferences: refusing(),
    rewind: refusing(),
    shellLines: refusing<ShellLinesPort>({ cancel: () => false }),
    skills: refusing(),
    usage: refusing(),
    server: () => {
      throw new UserError(STILL_OPENING)
    },
    notify: (level, text, hint) =>
      store.dispatch({ type: 'notice.posted', id: randomUUID(), level, text, hint: hint ?? null }),
    close: async () => {},
  }
}

/** A port whose methods throw, except those of `work`. */
function refusing<Port extends object>(work: Partial<Port> = {}): Port {
  const refuse = (): never => {
    throw new UserError(STILL_OPENING)
  }
  return new Proxy(work as Port, { get: (port, name) => Reflect.get(port, name) ?? refuse })
}

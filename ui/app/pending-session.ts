import { randomUUID } from 'node:crypto'
import { createNotify } from '../../lib/session/create-notify.ts'
import type { SessionEvent } from '../../lib/session/events.ts'
import type { AccountsPort } from '../../lib/session/ports/accounts.ts'
import type { Session } from '../../lib/session/session.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import type { Store } from '../../lib/store.ts'
import { UserError } from '../../lib/util/user-error.ts'
import { STILL_OPENING } from '../messages/program.ts'

/**
 * The session until its modules are loaded, so that the first paint need not wait for them. What is only a fact (a message to
 * send, a mode) goes into the store, where the session finds it; signing in waits for the session; all other ports refuse. What was
 * begun here continues with `opened`, the session.
 */
export function createPendingSession(
  store: Store<SessionState, SessionEvent>,
  opened: Promise<Session> = new Promise(() => {}),
): Session {
  let session: Session | null = null
  void opened.then((one) => {
    session = one
  })
  /** A port whose methods throw until the session is open, except those of `work`. */
  const refusing = <Name extends keyof Session>(name: Name, work: object = {}): Session[Name] =>
    new Proxy(work, {
      get: (own, method) =>
        Reflect.get(session === null ? own : Object(session[name]), method) ?? refuse,
    }) as Session[Name]
  const accounts: Omit<AccountsPort, 'current'> = {
    requiresKey: async (...given) => (await opened).accounts.requiresKey(...given),
    signIn: async (...given) => (await opened).accounts.signIn(...given),
    signInByCode: async (...given) => (await opened).accounts.signInByCode(...given),
    list: async () => (await opened).accounts.list(),
    use: async (...given) => (await opened).accounts.use(...given),
    signOut: async () => (await opened).accounts.signOut(),
  }
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
    rules: refusing('rules', {
      setMode: (mode: SessionState['mode']) => store.dispatch({ type: 'mode.changed', mode }),
    }),
    accounts: refusing('accounts', accounts),
    agents: refusing('agents'),
    approvals: refusing('approvals'),
    // What cannot be attached is reported when the message is sent.
    attachments: { inspect: async () => [], image: async () => null },
    changes: refusing('changes'),
    conversations: refusing('conversations'),
    git: refusing('git'),
    jobs: refusing('jobs'),
    memory: refusing('memory'),
    models: refusing('models'),
    preferences: refusing('preferences'),
    rewind: refusing('rewind'),
    shellLines: refusing('shellLines', { cancel: () => false }),
    skills: refusing('skills'),
    usage: refusing('usage'),
    server: refuse,
    notify: createNotify(store, randomUUID),
    close: async () => {},
  }
}

function refuse(): never {
  throw new UserError(STILL_OPENING)
}

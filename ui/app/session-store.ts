import type { SessionEvent } from '../../lib/session/events.ts'
import { reduceSession } from '../../lib/session/reduce/session.ts'
import { emptySession, type SessionState } from '../../lib/session/state/session-state.ts'
import { createStore, type Listener, type Store, waitFor } from '../../lib/store.ts'
import type { RootStore } from './render-scheduler.ts'

/**
 * The store of one session of several in a workbench. That of the shown session is a part of the root store; that of any other
 * one is apart from it, so that its turn continues without a change of the screen.
 */
export interface SessionStore extends Store<SessionState, SessionEvent> {
  readonly isShown: boolean
  /** Takes the state out of the root store. Another session is shown next. */
  hide(): void
  /** Puts the state into the root store. The session that was shown is hidden before. */
  show(): void
}

/** `isShown`: the state of the root store is that of this session from the start. */
export function createSessionStore(root: RootStore, isShown: boolean): SessionStore {
  const listeners = new Set<Listener<SessionState, SessionEvent>>()
  const report: Listener<SessionState, SessionEvent> = (state, event) => {
    for (const listener of [...listeners]) listener(state, event)
  }
  const apart = (state: SessionState): Store<SessionState, SessionEvent> => {
    const store = createStore(state, reduceSession)
    store.subscribe(report)
    return store
  }
  const { directory, startedAt } = root.state.session
  let hidden = isShown ? null : apart(emptySession(directory, startedAt))
  // As a slice of the root store does, it passes on the events of the screen, too.
  root.subscribe(({ session }, event) => {
    if (hidden === null) report(session, event as SessionEvent)
  })
  const current = (): SessionState => hidden?.state ?? root.state.session
  const subscribe = (listener: Listener<SessionState, SessionEvent>): (() => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  return {
    get state() {
      return current()
    },
    get isShown() {
      return hidden === null
    },
    dispatch: (event) => (hidden ?? root).dispatch(event),
    subscribe,
    when: (select, signal) => waitFor(current, subscribe, select, signal),
    hide() {
      hidden ??= apart(root.state.session)
    },
    show() {
      if (hidden === null) return
      const { state } = hidden
      hidden = null
      root.dispatch({ type: 'session.shown', session: state })
    },
  }
}

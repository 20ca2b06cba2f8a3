export type Listener<State, Event> = (state: State, event: Event) => void

export interface Store<State, Event> {
  readonly state: State
  dispatch(event: Event): void
  /** Calls `listener` after each event; returns the function that stops it. */
  subscribe(listener: Listener<State, Event>): () => void
  /** Resolves with the first value other than `undefined` that `select` finds, now or later. */
  when<Value>(select: (state: State) => Value | undefined, signal?: AbortSignal): Promise<Value>
}

export function createStore<State, Event>(
  initial: State,
  reduce: (state: State, event: Event) => State,
): Store<State, Event> {
  let state = initial
  const listeners = new Set<Listener<State, Event>>()
  const subscribe = (listener: Listener<State, Event>): (() => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  return {
    get state() {
      return state
    },
    dispatch(event) {
      state = reduce(state, event)
      for (const listener of [...listeners]) listener(state, event)
    },
    subscribe,
    when: (select, signal) => waitFor(() => state, subscribe, select, signal),
  }
}

/** What `when` of a store does, for a store that is made of others. */
export function waitFor<State, Event, Value>(
  current: () => State,
  subscribe: (listener: Listener<State, Event>) => () => void,
  select: (state: State) => Value | undefined,
  signal?: AbortSignal,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const already = select(current())
    if (already !== undefined) return resolve(already)
    const stop = subscribe((state) => {
      const value = select(state)
      if (value === undefined) return
      finish()
      resolve(value)
    })
    const abort = (): void => {
      finish()
      reject(signal?.reason)
    }
    const finish = (): void => {
      stop()
      signal?.removeEventListener('abort', abort)
    }
    signal?.addEventListener('abort', abort, { once: true })
  })
}

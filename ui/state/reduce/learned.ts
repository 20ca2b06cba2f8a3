import type { WorkbenchEvent } from '../events.ts'
import type { OverlayOf, WorkbenchState } from '../state.ts'

type LearnedEvent = Extract<WorkbenchEvent, { readonly type: `learned.${string}` }>

/** The card of what the session has learned. */
export function reduceLearned(state: WorkbenchState, event: LearnedEvent): WorkbenchState {
  switch (event.type) {
    case 'learned.selected':
      return withCard(state, { selected: event.hunk, scroll: 0 })
    case 'learned.scrolled':
      return withCard(state, { scroll: event.scroll })
    case 'learned.discarded':
      return withCard(state, { discarded: event.discarded })
    case 'learned.accepted': {
      const accepted = [...new Set([...state.memory.accepted, ...event.keys])]
      return { ...state, memory: { ...state.memory, accepted } }
    }
  }
}

function withCard(
  state: WorkbenchState,
  change: Partial<Omit<OverlayOf<'learned'>, 'type'>>,
): WorkbenchState {
  const { overlay } = state
  return overlay?.type === 'learned' ? { ...state, overlay: { ...overlay, ...change } } : state
}

import { createEditor } from '../editor.ts'
import type { WorkbenchEvent } from '../events.ts'
import type { WorkbenchState } from '../state.ts'
import { withScroll } from './panes.ts'

/** Finding in the conversation. */
export function reduceFind(
  state: WorkbenchState,
  event: Extract<WorkbenchEvent, { type: `find.${string}` }>,
): WorkbenchState {
  switch (event.type) {
    case 'find.started': {
      const { scroll, selectedEntry, expanded } = state
      const origin = { scroll: scroll.conversation, selectedEntry, expanded }
      const { query, from } = event
      return { ...state, search: null, finding: { query: createEditor(query), from, origin } }
    }
    case 'find.progressed':
      return { ...state, search: event.search }
    case 'find.opened': {
      const before = state.finding?.origin.expanded
      if (before === undefined) return state
      const { entryId } = event
      const isShut = entryId !== null && !before.includes(entryId)
      return { ...state, expanded: isShut ? [...before, entryId] : before }
    }
    case 'find.ended':
      return event.isKept ? { ...state, finding: null } : withoutFinding(state)
    case 'find.stopped':
      return state.search === null
        ? state
        : { ...state, search: { ...state.search, isRunning: false } }
  }
}

function withoutFinding(state: WorkbenchState): WorkbenchState {
  if (state.finding === null) return state
  const { scroll, selectedEntry, expanded } = state.finding.origin
  const shown = { ...state, finding: null, search: null, selectedEntry, expanded }
  return withScroll(shown, 'conversation', scroll)
}

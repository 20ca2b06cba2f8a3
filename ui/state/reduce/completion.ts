import { findTrigger, initialSelection, isSameTrigger, matchingSuggestions } from '../completion.ts'
import type { Completion, WorkbenchState } from '../state.ts'

/** After the message was edited: suggestions stay for the same word. */
export function completionAfterEdit(state: WorkbenchState): WorkbenchState {
  const trigger = findTrigger(state.composer)
  const { completion, dismissedTrigger } = state
  if (trigger === null) {
    return completion === null && dismissedTrigger === null
      ? state
      : { ...state, completion: null, dismissedTrigger: null }
  }
  const isSame = completion !== null && isSameTrigger(completion.trigger, trigger)
  const isDismissed = isSameTrigger(dismissedTrigger, trigger)
  return {
    ...state,
    completion: isSame ? { ...completion, trigger, selected: initialSelection(trigger) } : null,
    dismissedTrigger: isDismissed ? dismissedTrigger : null,
  }
}

/** Suggestions that arrive late, for a word that is no longer typed, are dropped. */
export function showSuggestions(state: WorkbenchState, completion: Completion): WorkbenchState {
  const trigger = findTrigger(state.composer)
  if (trigger === null || !isSameTrigger(completion.trigger, trigger)) return state
  if (isSameTrigger(state.dismissedTrigger, trigger)) return state
  return { ...state, completion: { ...completion, trigger } }
}

export function selectSuggestion(state: WorkbenchState, by: number): WorkbenchState {
  const { completion } = state
  if (completion === null) return state
  const { length } = matchingSuggestions(completion)
  if (length === 0) return state
  const from = completion.selected < 0 && by < 0 ? 0 : completion.selected
  const selected = (from + by + length) % length
  return { ...state, completion: { ...completion, selected } }
}

export function dismissSuggestions(state: WorkbenchState): WorkbenchState {
  return { ...state, completion: null, dismissedTrigger: findTrigger(state.composer) }
}

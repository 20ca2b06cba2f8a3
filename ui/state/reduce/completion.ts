import { firstSelected, fittingItems, isSameTrigger, triggerAt } from '../completion.ts'
import type { Completion, WorkbenchState } from '../state.ts'

/** After the message was edited: the offers go on for the same word, and end with it. */
export function completionAfterEdit(state: WorkbenchState): WorkbenchState {
  const trigger = triggerAt(state.composer)
  const { completion, declined } = state
  if (trigger === null) {
    return completion === null && declined === null
      ? state
      : { ...state, completion: null, declined: null }
  }
  const goesOn = completion !== null && isSameTrigger(completion.trigger, trigger)
  const isDeclined = isSameTrigger(declined, trigger)
  return {
    ...state,
    completion: goesOn ? { ...completion, trigger, selected: firstSelected(trigger) } : null,
    declined: isDeclined ? declined : null,
  }
}

/** Offers that come late, for what is no longer being typed, are let go. */
export function offered(state: WorkbenchState, completion: Completion): WorkbenchState {
  const trigger = triggerAt(state.composer)
  if (trigger === null || !isSameTrigger(completion.trigger, trigger)) return state
  if (isSameTrigger(state.declined, trigger)) return state
  return { ...state, completion: { ...completion, trigger } }
}

export function movedInCompletion(state: WorkbenchState, by: number): WorkbenchState {
  const { completion } = state
  if (completion === null) return state
  const { length } = fittingItems(completion)
  if (length === 0) return state
  const from = completion.selected < 0 && by < 0 ? 0 : completion.selected
  const selected = (from + by + length) % length
  return { ...state, completion: { ...completion, selected } }
}

export function declined(state: WorkbenchState): WorkbenchState {
  return { ...state, completion: null, declined: state.completion?.trigger ?? null }
}

import { createEditor, EMPTY_EDITOR } from '../editor.ts'
import type { WorkbenchState } from '../state.ts'
import { withScroll } from './panes.ts'

const MAX_HISTORY_MESSAGES = 500

/** The message is in the history, and the conversation at its end. */
export function recordSentMessage(state: WorkbenchState, text: string): WorkbenchState {
  const { sent: before } = state.history
  const all = before.at(-1) === text ? before : [...before, text].slice(-MAX_HISTORY_MESSAGES)
  const history = { sent: all, index: null, draft: '' }
  const atEnd = withScroll(state, 'conversation', { type: 'end' })
  return { ...atEnd, composer: EMPTY_EDITOR, history, completion: null, dismissedTrigger: null }
}

/** Messages of earlier sessions come before those of this one. */
export function restoreHistory(state: WorkbenchState, messages: readonly string[]): WorkbenchState {
  const { sent, index } = state.history
  const all = [...messages, ...sent].slice(-MAX_HISTORY_MESSAGES)
  const moved = index === null ? null : index + all.length - sent.length
  return { ...state, history: { ...state.history, sent: all, index: moved } }
}

/** One message back or forth; after the last one, the draft. */
export function moveInHistory(state: WorkbenchState, by: -1 | 1): WorkbenchState {
  const { sent, index } = state.history
  const next = (index ?? sent.length) + by
  if (next < 0 || next > sent.length) return state
  const draft = index === null ? state.composer.text : state.history.draft
  const isDraft = next === sent.length
  const text = isDraft ? draft : (sent[next] ?? '')
  const history = { sent, index: isDraft ? null : next, draft }
  return {
    ...state,
    composer: createEditor(text),
    history,
    completion: null,
    dismissedTrigger: null,
  }
}

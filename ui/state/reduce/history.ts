import { createEditor, deleteAll, EMPTY_EDITOR, insertAt } from '../editor.ts'
import { collapsePastes, expandPastes } from '../pastes.ts'
import type { WorkbenchState } from '../state.ts'
import { insertModeAfter } from '../vim.ts'
import { withScroll } from './panes.ts'

const MAX_HISTORY_MESSAGES = 500

/** The message is in the history, and the conversation at its end with its cursor on the newest entry. */
export function recordSentMessage(state: WorkbenchState, text: string): WorkbenchState {
  const { killed } = state.composer
  const atEnd = withScroll(state, 'conversation', { type: 'end' })
  const vim = state.vim && insertModeAfter(state.vim)
  const composer = { ...EMPTY_EDITOR, killed }
  return { ...addToHistory(atEnd, text), selectedEntry: null, composer, vim }
}

/** The text comes back with the history, with undo, and as the text that was deleted last. */
export function clearMessage(state: WorkbenchState): WorkbenchState {
  const { composer } = state
  const text = expandPastes(composer.text, state.pastes)
  return { ...addToHistory(state, text), composer: deleteAll(composer) }
}

export function addToHistory(state: WorkbenchState, text: string): WorkbenchState {
  const { sent: before } = state.history
  const all = before.at(-1) === text ? before : [...before, text].slice(-MAX_HISTORY_MESSAGES)
  const history = { sent: all, index: null, draft: '' }
  return { ...state, history, completion: null, dismissedTrigger: null }
}

/** After a recalled message was edited, it is the draft; the draft before it is found in the history. */
export function historyAfterEdit({ composer, history, pastes }: WorkbenchState, text: string) {
  if (text === composer.text || history.index === null) return history
  const { sent } = history
  const draft = expandPastes(history.draft, pastes)
  const isKept = draft.trim() === '' || sent.includes(draft)
  const all = isKept ? sent : [...sent, draft].slice(-MAX_HISTORY_MESSAGES)
  return { sent: all, index: null, draft: '' }
}

/** Texts that were not sent are in the message again, before what has been typed since. */
export function returnTexts(state: WorkbenchState, texts: readonly string[]): WorkbenchState {
  const returned = collapsePastes(texts.join('\n\n'), state.pastes)
  if (returned === '') return state
  const { composer, history } = state
  const editor = insertAt(composer, 0, composer.text === '' ? returned : `${returned}\n\n`)
  return {
    ...state,
    composer: editor,
    history: { ...history, index: null },
    completion: null,
    dismissedTrigger: null,
  }
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
    composer: createEditor(collapsePastes(text, state.pastes)),
    history,
    completion: null,
    dismissedTrigger: null,
  }
}

import { MAX_UNDO_STEPS, type TextEditor } from '../editor.ts'
import type { WorkbenchEvent } from '../events.ts'
import { keepLabelsIntact } from '../pastes.ts'
import { activeEditor } from '../selectors.ts'
import type { WorkbenchState } from '../state.ts'
import type { VimState, VimStep, VimText } from '../vim.ts'
import { NO_RECORD, recorded } from '../vim-repeat.ts'
import { completionAfterEdit } from './completion.ts'
import { historyAfterEdit } from './history.ts'
import { writeInForm } from './questions.ts'

export function withActiveEditor(state: WorkbenchState, editor: TextEditor): WorkbenchState {
  const { overlay, memory } = state
  if (overlay?.type === 'picker') {
    return { ...state, overlay: { ...overlay, query: editor, selected: 0 } }
  }
  if (overlay?.type === 'prompt') {
    const { error, ...prompt } = overlay
    return { ...state, overlay: { ...prompt, editor } }
  }
  if (overlay?.type === 'help') {
    return { ...state, overlay: { ...overlay, query: editor, scroll: 0 } }
  }
  if (state.focus === 'conversation' && state.finding !== null) {
    return { ...state, finding: { ...state.finding, query: editor } }
  }
  if (state.focus === 'conversations' && state.conversations.isFinding) {
    return { ...state, conversations: { ...state.conversations, query: editor } }
  }
  if (state.focus === 'memory' && memory.editing !== null) {
    return { ...state, memory: { ...memory, editing: { ...memory.editing, editor } } }
  }
  const { editing, writing } = state.approval
  if (state.focus === 'approval' && writing !== null) return writeInForm(state, writing, editor)
  if (state.focus === 'approval' && editing !== null) {
    return { ...state, approval: { ...state.approval, editing: { ...editing, editor } } }
  }
  const composer = keepLabelsIntact(state.composer, editor, state.pastes)
  const history = historyAfterEdit(state, composer.text)
  return completionAfterEdit({ ...state, composer, history })
}

/** What only moves the cursor is not typing: an approval may take the keys. */
export function editInMode(
  state: WorkbenchState,
  { editor, vim, step, at }: Extract<WorkbenchEvent, { type: 'vim.edited' }>,
): WorkbenchState {
  const isWriting = vim.mode === 'insert' || editor.text !== activeEditor(state)?.text
  const before = activeEditor(state)
  const edited = {
    ...withActiveEditor(state, before === null ? editor : undoneAtOnce(state, editor, vim)),
    vim: { ...remembered(state, before, vim), ...recordOf(state, before, { editor, vim }, step) },
    flash: null,
  }
  const completion = vim.mode === 'insert' ? edited.completion : null
  return { ...edited, completion, lastTypedAt: isWriting ? at : state.lastTypedAt }
}

/** The last search stays; the insert mode remembers where it began. */
function remembered(
  { vim: before }: WorkbenchState,
  editor: TextEditor | null,
  vim: VimState,
): VimState {
  const search = vim.search ?? before?.search
  const begins = vim.mode === 'insert' && before?.mode !== 'insert' && editor !== null
  return {
    ...vim,
    ...(search === undefined ? {} : { search }),
    ...(begins ? { undoSteps: editor.past.length } : {}),
  }
}

function recordOf(
  { vim }: WorkbenchState,
  editor: TextEditor | null,
  next: VimText,
  step: VimStep | undefined,
): Pick<VimState, 'record'> {
  if (vim === null || editor === null) return {}
  const { record } = vim
  if (step !== undefined)
    return { record: recorded(record ?? NO_RECORD, { editor, vim }, next, step) }
  return record === undefined ? {} : { record }
}

/** What was typed in the insert mode is one step of undo once it is left. */
function undoneAtOnce({ vim }: WorkbenchState, editor: TextEditor, next: VimState): TextEditor {
  const steps = vim?.undoSteps
  if (steps === undefined || next.mode === 'insert') return editor
  // The oldest steps were forgotten meanwhile: then the place is unknown.
  if (editor.past.length <= steps || editor.past.length >= MAX_UNDO_STEPS) return editor
  return { ...editor, past: editor.past.slice(0, steps + 1) }
}

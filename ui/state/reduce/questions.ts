import { draftAt, EMPTY_FORM, writeAnswer } from '../answer-form.ts'
import type { TextEditor } from '../editor.ts'
import type { WorkbenchEvent } from '../events.ts'
import type { WorkbenchState } from '../state.ts'
import { INSERT_MODE } from '../vim.ts'

export function changeAnswer(
  state: WorkbenchState,
  { callId, form, writing }: Extract<WorkbenchEvent, { type: 'answer.changed' }>,
): WorkbenchState {
  const forms = new Map([...state.approval.forms, [callId, form]])
  const vim = state.vim !== null && writing !== null ? INSERT_MODE : state.vim
  const written = writing === null ? null : { callId, question: writing }
  return { ...state, vim, approval: { ...state.approval, forms, writing: written } }
}

export function writeInForm(
  state: WorkbenchState,
  { callId, question }: NonNullable<WorkbenchState['approval']['writing']>,
  editor: TextEditor,
): WorkbenchState {
  const form = writeAnswer(question, state.approval.forms.get(callId) ?? EMPTY_FORM, editor)
  return {
    ...state,
    approval: { ...state.approval, forms: new Map([...state.approval.forms, [callId, form]]) },
  }
}

/** What was written to questions that are no longer asked, such as those of a cancelled turn, can be yanked into the message. */
export function withoutOldForms(
  state: WorkbenchState,
  isWaiting: (callId: string) => boolean,
  wasAnswered: (callId: string) => boolean,
): WorkbenchState {
  const { forms, writing } = state.approval
  const old = [...forms].filter(([callId]) => !isWaiting(callId))
  if (old.length === 0) return state
  const texts = old.flatMap(([callId, form]) =>
    wasAnswered(callId) ? [] : form.answers.map((_, at) => draftAt(form, at).editor.text),
  )
  const lost = texts.filter((text) => text.trim() !== '').join('\n')
  const composer = lost === '' ? state.composer : { ...state.composer, killed: lost }
  const approval = {
    ...state.approval,
    forms: new Map([...forms].filter(([callId]) => isWaiting(callId))),
    writing: writing !== null && isWaiting(writing.callId) ? writing : null,
  }
  return { ...state, composer, approval }
}

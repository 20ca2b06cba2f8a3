import { type AnswerForm, draftAt, EMPTY_FORM, writeAnswer } from '../answer-form.ts'
import type { TextEditor } from '../editor.ts'
import type { WorkbenchEvent } from '../events.ts'
import { withNewPastes } from '../selectors.ts'
import type { WorkbenchState } from '../state.ts'
import { insertModeAfter } from '../vim.ts'
import { returnTexts } from './history.ts'

export function changeAnswer(
  state: WorkbenchState,
  { callId, form, writing }: Extract<WorkbenchEvent, { type: 'answer.changed' }>,
): WorkbenchState {
  const forms = new Map([...state.approval.forms, [callId, form]])
  const vim = state.vim !== null && writing !== null ? insertModeAfter(state.vim) : state.vim
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

/** What has been answered in this process stays. */
export function withFoundForms(
  state: WorkbenchState,
  found: readonly (readonly [string, AnswerForm])[],
): WorkbenchState {
  const forms = new Map([...found, ...state.approval.forms])
  return { ...state, approval: { ...state.approval, forms } }
}

/**
 * What was written to questions that are no longer asked, such as those of a cancelled turn, is in the message; when that has
 * another text, it can be yanked into it.
 */
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
  const lost = texts.filter((text) => text.trim() !== '')
  const approval = {
    ...state.approval,
    forms: new Map([...forms].filter(([callId]) => isWaiting(callId))),
    writing: writing !== null && isWaiting(writing.callId) ? writing : null,
  }
  return lost.length === 0 ? { ...state, approval } : retained({ ...state, approval }, lost)
}

function retained(state: WorkbenchState, texts: readonly string[]): WorkbenchState {
  const { composer } = state
  if (composer.text.trim() !== '') {
    const killed = { ...composer, killed: texts.join('\n') }
    const approval = { ...state.approval, left: { isKilled: true } }
    return { ...state, composer: killed, approval }
  }
  const returned = returnTexts(withNewPastes(state, texts), texts)
  return { ...returned, approval: { ...returned.approval, left: { isKilled: false } } }
}

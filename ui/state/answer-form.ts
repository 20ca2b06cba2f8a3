import { pendingApprovals } from '../../lib/session/state/selectors.ts'
import type { Question, QuestionAnswer } from '../../lib/tools/tool.ts'
import { EMPTY_EDITOR, type TextEditor } from './editor.ts'
import type { RootState } from './state.ts'

/** What the person has answered so far to the questions of a call. */
export interface AnswerForm {
  /** The question that is shown; after the last one, all answers are shown before they are sent. */
  readonly at: number
  /** The row that keys apply to: an option, or after them the text. */
  readonly cursor: number
  /** One for each question that was shown. */
  readonly answers: readonly DraftAnswer[]
}

interface DraftAnswer {
  readonly chosen: readonly number[]
  readonly editor: TextEditor
}

const NO_ANSWER: DraftAnswer = { chosen: [], editor: EMPTY_EDITOR }
export const EMPTY_FORM: AnswerForm = { at: 0, cursor: 0, answers: [] }

interface ShownQuestions {
  readonly callId: string
  readonly questions: readonly Question[]
  readonly form: AnswerForm
}

/** The questions in the approval pane; null when it shows something else. */
export function shownQuestions({ session, workbench }: RootState): ShownQuestions | null {
  const waiting = pendingApprovals(session)
  const call = waiting.find(({ callId }) => callId === workbench.approval.callId) ?? waiting[0]
  if (call?.phase.type !== 'waiting' || call.phase.preview.type !== 'questions') return null
  const { callId } = call
  const form = workbench.approval.forms.get(callId) ?? EMPTY_FORM
  return { callId, questions: call.phase.preview.questions, form }
}

export function draftAt({ answers }: AnswerForm, index: number): DraftAnswer {
  return answers[index] ?? NO_ANSWER
}

function isAnswered({ chosen, editor }: DraftAnswer): boolean {
  return chosen.length > 0 || editor.text.trim() !== ''
}

/** The index of the first question without an answer; -1 when all are answered. */
export function firstUnanswered(questions: readonly Question[], form: AnswerForm): number {
  return questions.findIndex((_, index) => !isAnswered(draftAt(form, index)))
}

export function toAnswers(
  questions: readonly Question[],
  form: AnswerForm,
): readonly QuestionAnswer[] {
  return questions.map((_, index) => {
    const { chosen, editor } = draftAt(form, index)
    return { chosen, text: editor.text.trim() }
  })
}

/** Whether the cursor is at the row for an answer in own words. */
export function isAtText(question: Question, { cursor }: AnswerForm): boolean {
  return cursor >= question.options.length
}

export function moveCursor(question: Question, form: AnswerForm, by: number): AnswerForm {
  const cursor = Math.max(0, Math.min(question.options.length, form.cursor + by))
  return { ...form, cursor }
}

/** Selects the option at the cursor; where several can be chosen, or it is chosen already, the key clears it. */
export function toggleOption(question: Question, form: AnswerForm): AnswerForm {
  const { cursor, at } = form
  const { chosen, editor } = draftAt(form, at)
  const isChosen = chosen.includes(cursor)
  const others = question.multiSelect ? chosen.filter((one) => one !== cursor) : []
  const next = isChosen ? others : [...others, cursor].sort((one, other) => one - other)
  return withDraft(form, { chosen: next, editor })
}

export function writeAnswer(question: Question, form: AnswerForm, editor: TextEditor): AnswerForm {
  const { chosen } = draftAt(form, form.at)
  // Of one answer only: own words take the place of an option.
  const isReplaced = !question.multiSelect && editor.text.trim() !== ''
  return withDraft(form, { chosen: isReplaced ? [] : chosen, editor })
}

/** Shows another question, with the cursor at its answer. */
export function showQuestion(
  questions: readonly Question[],
  form: AnswerForm,
  index: number,
): AnswerForm {
  const at = Math.max(0, Math.min(questions.length, index))
  const { chosen, editor } = draftAt(form, at)
  const end = questions[at]?.options.length ?? 0
  const cursor = chosen[0] ?? (editor.text === '' ? 0 : end)
  return { ...form, at, cursor }
}

function withDraft(form: AnswerForm, draft: DraftAnswer): AnswerForm {
  const length = Math.max(form.answers.length, form.at + 1)
  const answers = Array.from({ length }, (_, index) => draftAt(form, index))
  return { ...form, answers: answers.with(form.at, draft) }
}

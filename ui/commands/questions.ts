import type { Question } from '../../lib/tools/tool.ts'
import { DECLINE_QUESTIONS, NO_QUESTIONS, QUESTION_UNANSWERED } from '../messages/approvals.ts'
import type { WorkbenchCommandId } from '../messages/commands.ts'
import {
  type AnswerForm,
  draftAt,
  firstUnanswered,
  isAtText,
  moveCursor,
  shownQuestions,
  showQuestion,
  toAnswers,
  toggleOption,
} from '../state/answer-form.ts'
import { isSeen } from '../state/shown-approval.ts'
import { openPrompt } from './open-overlay.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

/** Questions of the agent are answered in the approval pane. */
export const QUESTION_COMMANDS: readonly WorkbenchCommand[] = [
  answering('answer.previous', (asked) => move(asked, -1)),
  answering('answer.next', (asked) => move(asked, 1)),
  answering('answer.toggle', (asked) => onSeen(asked, choose)),
  answering('answer.accept', (asked) => onSeen(asked, accept)),
  answering('answer.write', (asked) => onSeen(asked, write)),
  answering('answer.stopWriting', ({ context, callId, form }) => change(context, callId, form)),
  answering('answer.back', ({ context, callId, questions, form }) =>
    change(context, callId, showQuestion(questions, form, form.at - 1)),
  ),
  answering('answer.forward', ({ context, callId, questions, form }) =>
    change(context, callId, showQuestion(questions, form, form.at + 1)),
  ),
  answering('answer.decline', (asked) =>
    onSeen(asked, ({ context, callId }) =>
      openPrompt(context, {
        ...DECLINE_QUESTIONS,
        action: { type: 'approval.deny', callIds: [callId] },
      }),
    ),
  ),
]

interface AskedQuestions {
  readonly context: WorkbenchContext
  readonly callId: string
  readonly questions: readonly Question[]
  readonly form: AnswerForm
  /** The question that is shown; null when all answers are. */
  readonly question: Question | null
}

function answering(id: WorkbenchCommandId, run: (asked: AskedQuestions) => void): WorkbenchCommand {
  return {
    id,
    hidden: true,
    unavailable: (state) => (shownQuestions(state) === null ? NO_QUESTIONS : null),
    run(context) {
      const shown = shownQuestions(context.root.state)
      if (shown === null) return
      run({ context, ...shown, question: shown.questions[shown.form.at] ?? null })
    },
  }
}

/** A key that was pressed before the questions could be seen was meant for something else. */
function onSeen(asked: AskedQuestions, run: (asked: AskedQuestions) => void): void {
  const { root, now } = asked.context
  if (isSeen(root.state, now())) run(asked)
  else root.dispatch({ type: 'approval.keyIgnored', at: now() })
}

function change({ root }: WorkbenchContext, callId: string, form: AnswerForm): void {
  root.dispatch({ type: 'answer.changed', callId, form, writing: null })
}

function move({ context, callId, question, form }: AskedQuestions, by: number): void {
  if (question !== null) change(context, callId, moveCursor(question, form, by))
}

function write({ context: { root }, callId, question, form }: AskedQuestions): void {
  if (question === null) return
  const cursor = question.options.length
  const next = { ...form, cursor }
  root.dispatch({ type: 'answer.changed', callId, form: next, writing: question })
}

function choose(asked: AskedQuestions): void {
  const { context, callId, question, form } = asked
  if (question === null) return
  if (isAtText(question, form)) write(asked)
  else change(context, callId, toggleOption(question, form))
}

/** Takes the option at the cursor when nothing is chosen yet, and continues with the next question. */
function accept(asked: AskedQuestions): void {
  const { context, callId, questions, question, form } = asked
  if (question === null) {
    send(asked, form)
    return
  }
  const { chosen, editor } = draftAt(form, form.at)
  const isOpen = chosen.length === 0 && editor.text.trim() === ''
  if (isOpen && isAtText(question, form)) {
    if (context.root.state.workbench.approval.writing === null) write(asked)
    else flash(context, QUESTION_UNANSWERED)
    return
  }
  const answered = isReplacing(question, form, chosen) ? toggleOption(question, form) : form
  const [first] = questions
  // One question needs no list of its answers.
  if (questions.length === 1 && first !== undefined) send(asked, answered)
  else change(context, callId, showQuestion(questions, answered, form.at + 1))
}

/** Of one answer only, the option at the cursor is meant. Where several can be chosen, only those that were selected are. */
function isReplacing(question: Question, form: AnswerForm, chosen: readonly number[]): boolean {
  if (isAtText(question, form) || chosen.includes(form.cursor)) return false
  const { editor } = draftAt(form, form.at)
  return question.multiSelect ? chosen.length === 0 && editor.text.trim() === '' : true
}

function send({ context, callId, questions }: AskedQuestions, form: AnswerForm): void {
  const open = firstUnanswered(questions, form)
  if (open >= 0) {
    change(context, callId, showQuestion(questions, form, open))
    flash(context, QUESTION_UNANSWERED)
    return
  }
  context.session.approvals.answer(callId, toAnswers(questions, form))
}

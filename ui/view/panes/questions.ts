import type { Question } from '../../../lib/tools/tool.ts'
import { type AnswerForm, draftAt, firstUnanswered, isAtText } from '../../state/answer-form.ts'
import { questionTexts } from '../messages/approvals.ts'
import { EMPTY_ROW, joinRows, type Row, row, styled } from '../render/row.ts'
import { clean, cleanLine } from '../render/sanitize.ts'
import { truncate, wrap } from '../render/wrap.ts'
import { editorRows, rowTexts } from '../render/wrap-editor.ts'
import type { Size } from '../types.ts'
import { boundKeys, type KeyHint } from './key-hints.ts'
import type { PaneOptions, PaneView } from './pane.ts'

interface QuestionsView {
  readonly questions: readonly Question[]
  readonly form: AnswerForm
  readonly isWriting: boolean
  /** Whether keys count yet. */
  readonly isSeen: boolean
  readonly hasFocus: boolean
  /** Rows above the question, such as the list of pending calls. */
  readonly above: readonly Row[]
}

/** One question of the agent with its options, or all answers before they are sent. */
export function questionsView(
  view: QuestionsView,
  { columns, rows: height }: Size,
  options: PaneOptions,
): PaneView {
  const { questions, form, above } = view
  const question = questions[form.at]
  const room = Math.max(1, height - above.length - 1)
  const body =
    question === undefined
      ? { rows: answerRows(questions, form, columns, options), focus: 0, caret: null }
      : questionRows(question, view, { columns, rows: room }, options)
  const top = Math.max(0, Math.min(body.focus - Math.floor(room / 2), body.rows.length - room))
  const shown = body.rows.slice(top, top + room)
  const blank = Array.from({ length: room - shown.length }, () => EMPTY_ROW)
  const note =
    questions.length > 1 && question !== undefined
      ? { note: questionTexts.position(form.at + 1, questions.length) }
      : {}
  const { caret } = body
  const y = caret === null ? -1 : caret.y - top + above.length
  return {
    rows: [...above, ...shown, ...blank, hintRow(view, columns, options)].slice(0, height),
    ...(caret !== null && y >= 0 ? { caret: { x: caret.x, y } } : {}),
    ...note,
  }
}

interface FormBody {
  readonly rows: readonly Row[]
  /** The row that has to be visible. */
  readonly focus: number
  readonly caret: { readonly x: number; readonly y: number } | null
}

const HANG = '      '

function questionRows(
  question: Question,
  { form, isWriting, hasFocus }: QuestionsView,
  { columns, rows: room }: Size,
  { styles }: PaneOptions,
): FormBody {
  const { chosen, editor } = draftAt(form, form.at)
  const header = question.header.trim()
  const rows: Row[] = [
    ...(header === '' ? [] : [truncate(styled(styles.muted, cleanLine(header)), columns)]),
    ...wrap(styled(styles.strong, clean(question.question)), columns),
    EMPTY_ROW,
  ]
  let focus = 0
  const cursor = (index: number): Row | string => {
    if (index !== form.cursor) return ' '
    focus = rows.length
    return hasFocus ? styled(styles.accent, '▌') : styled(styles.muted, '▌')
  }
  for (const [index, option] of question.options.entries()) {
    const isChosen = chosen.includes(index)
    const mark = question.multiSelect ? (isChosen ? '[x]' : '[ ]') : isChosen ? '(•)' : '( )'
    const label = styled(isChosen ? styles.accent : styles.text, cleanLine(option.label))
    const description = cleanLine(option.description)
    const more = description === '' ? '' : styled(styles.muted, `  ${description}`)
    const indent = row(cursor(index), ' ', mark, ' ')
    for (const one of wrap(row(label, more), columns, { indent, hang: HANG })) rows.push(one)
  }
  const mark = styled(editor.text === '' ? styles.muted : styles.accent, ' › ')
  const indent = row(cursor(question.options.length), ' ', mark, ' ')
  if (editor.text === '' && !isWriting) {
    const empty = styled(styles.muted, questionTexts.ownWords)
    rows.push(truncate(row(indent, empty), columns))
    return { rows, focus, caret: null }
  }
  const typed = editorRows(editor.text, editor.cursor, Math.max(1, columns - HANG.length))
  // Only what can be visible is drawn: a pasted text can have a hundred thousand lines.
  const at = isWriting ? typed.caret.row : 0
  const start = Math.max(0, at - room)
  const first = rows.length - start
  for (const [index, line] of rowTexts(typed, start, at + room).entries()) {
    const margin = start + index === 0 ? indent : HANG
    rows.push(row(margin, styled(styles.text, clean(line))))
  }
  if (!isWriting) return { rows, focus, caret: null }
  const y = first + typed.caret.row
  return { rows, focus: y, caret: { x: HANG.length + typed.caret.column, y } }
}

/** More than a person reads again before an answer is sent. */
const MAX_SHOWN_CHARACTERS = 2_000

function shorten(text: string): string {
  return text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text
}

/** What is sent. */
function answerRows(
  questions: readonly Question[],
  form: AnswerForm,
  columns: number,
  { styles }: PaneOptions,
): readonly Row[] {
  return questions.flatMap(({ question, options }, index) => {
    const { chosen, editor } = draftAt(form, index)
    const labels = chosen.map((at) => cleanLine(options[at]?.label ?? '')).join(', ')
    const text = cleanLine(shorten(editor.text.trim()))
    const given = [labels, text].filter(Boolean).join('; ')
    const answer =
      given === '' ? styled(styles.warning, questionTexts.unanswered) : styled(styles.accent, given)
    return [
      ...wrap(styled(styles.text, cleanLine(question)), columns),
      ...wrap(answer, columns, { indent: '  ', hang: '  ' }),
    ]
  })
}

function hintRow(view: QuestionsView, columns: number, { styles, key }: PaneOptions): Row {
  const { isSeen, hasFocus } = view
  if (!hasFocus) {
    const stroke = key('focus.approval') ?? key('focus.next') ?? ''
    return truncate(styled(styles.warning, questionTexts.goToQuestions(stroke)), columns)
  }
  if (!isSeen) return styled(styles.muted, '…')
  const hints = boundKeys(hintsOf(view), key).map(([stroke, does]) =>
    row(styled(styles.accent, stroke), ' ', styled(styles.text, does)),
  )
  return truncate(joinRows(hints, '  '), columns)
}

function hintsOf({ questions, form, isWriting }: QuestionsView): readonly KeyHint[] {
  const question = questions[form.at]
  const isLast = form.at >= questions.length - 1
  const back: readonly KeyHint[] = form.at > 0 ? [['answer.back', questionTexts.back]] : []
  const decline: KeyHint = ['answer.decline', questionTexts.decline]
  if (question === undefined) {
    const isReady = firstUnanswered(questions, form) < 0
    return [['answer.accept', isReady ? questionTexts.send : questionTexts.open], ...back, decline]
  }
  const next = questions.length === 1 ? questionTexts.send : questionTexts.next
  const accept: KeyHint = [
    'answer.accept',
    isLast && questions.length > 1 ? questionTexts.review : next,
  ]
  if (isWriting) return [accept, ['answer.stopWriting', questionTexts.stopWriting], ...back]
  const choose: KeyHint = [
    'answer.toggle',
    isAtText(question, form) ? questionTexts.write : questionTexts.choose,
  ]
  return [choose, accept, ['answer.write', questionTexts.write], ...back, decline]
}

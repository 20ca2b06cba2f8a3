import { reasons } from '../../../lib/permissions/messages.ts'
import type { CallDanger } from '../../../lib/permissions/types.ts'
import type { ToolCall, ToolPhase } from '../../../lib/session/state/entry.ts'
import { pendingApprovals } from '../../../lib/session/state/selectors.ts'
import type { Preview, Question } from '../../../lib/tools/tool.ts'
import { changedLineCount } from '../../../lib/util/select-changes.ts'
import type { WorkbenchCommandId } from '../../messages/commands.ts'
import { shownQuestions } from '../../state/answer-form.ts'
import {
  type DiffSelection,
  EVERYTHING,
  isDivisible,
  isPartial,
  isSelected,
  partsOf,
} from '../../state/diff-selection.ts'
import type { RootState } from '../../state/state.ts'
import type { Styles } from '../../theme/styles.ts'
import { approvalTexts, paneTitles } from '../messages.ts'
import { isDiffRows } from '../render/diff.ts'
import type { LazyRows } from '../render/lazy-rows.ts'
import { renderPreview } from '../render/preview.ts'
import { EMPTY_ROW, joinRows, type Row, row, styled } from '../render/row.ts'
import { cleanLine, revealLine } from '../render/sanitize.ts'
import { textWidth } from '../render/width.ts'
import { rowWidth, trimEnd, truncate, wrap } from '../render/wrap.ts'
import type { Size } from '../types.ts'
import { approvalEditorView } from './approval-editor.ts'
import { listRows } from './approval-list.ts'
import { keyHints } from './key-hints.ts'
import type { Pane, PaneOptions } from './pane.ts'
import { questionsView } from './questions.ts'
import { SELECTION_COLUMNS, selectionRows, showsSelection } from './selection-rows.ts'

export const approval: Pane = {
  id: 'approval',
  title: (state) => {
    const shown = shownApproval(state)
    if (shown === null) return paneTitles.approval
    const { tool, label } = shown.call
    if (shown.phase.preview.type === 'questions') return paneTitles.questions
    const titled = isDangerous(shown) ? paneTitles.dangerousCall : paneTitles.approvalOf
    return titled(cleanLine(tool), revealLine(label))
  },
  isAlarming(state) {
    const shown = shownApproval(state)
    return shown !== null && isDangerous(shown)
  },
  render(state, size, options) {
    const shown = shownApproval(state)
    if (shown === null) return { rows: [] }
    const { editing } = state.workbench.approval
    if (editing?.callId === shown.call.callId) return approvalEditorView(editing, size, options)
    const asked = shownQuestions(state)
    if (asked !== null) {
      const hasFocus = state.workbench.focus === 'approval'
      const above = listRows(state, shown, size, options.styles)
      const isWriting = hasFocus && state.workbench.approval.writing !== null
      const isShown = isSeen(state, state.workbench.now)
      return questionsView({ ...asked, isWriting, isSeen: isShown, hasFocus, above }, size, options)
    }
    const { head, body, foot, sheet } = approvalParts(shown, state, size, options)
    const top = firstRow(state, sheet, body)
    const rows = previewRowsIn(shown, state, sheet, { from: top, to: top + body }, options)
    const blank = Array.from({ length: Math.max(0, body - rows.length) }, () => EMPTY_ROW)
    const below = sheet.count - top - body
    const rule = ruleRow(shown, below, size.columns, state.workbench.focus === 'approval', options)
    const share = seenShare(shown, state, { columns: size.columns, top, body, count: sheet.count })
    const note = [
      share === null ? '' : approvalTexts.seen(share),
      shown.waiting.length > 1 ? approvalTexts.position(shown.at + 1, shown.waiting.length) : '',
    ]
      .filter(Boolean)
      .join(' · ')
    const all = [...head, ...rows, ...blank, ...(foot.length > 1 ? [rule] : []), ...foot.slice(-1)]
    return { rows: all.slice(0, size.rows), note }
  },
}

interface VisibleRows {
  readonly columns: number
  readonly top: number
  readonly body: number
  /** Of the complete preview. */
  readonly count: number
}

/** Percent of the preview that was visible; null when all of it was. */
function seenShare(
  { call }: ShownApproval,
  {
    workbench: {
      approval: { seen },
    },
  }: RootState,
  { columns, top, body, count }: VisibleRows,
): number | null {
  const known = seen?.callId === call.callId && seen.columns === columns ? seen.rows : 0
  const rows = top <= known ? Math.max(known, top + body) : known
  return rows >= count ? null : Math.floor((rows / count) * 100)
}

type WaitingPhase = Extract<ToolPhase, { type: 'waiting' }>

export interface ShownApproval {
  readonly call: ToolCall
  readonly phase: WaitingPhase
  readonly waiting: readonly ToolCall[]
  readonly at: number
  readonly selection: DiffSelection
}

/** The call awaiting approval that the pane shows: the selected one, else the oldest. */
export function shownApproval({ session, workbench }: RootState): ShownApproval | null {
  const waiting = pendingApprovals(session)
  const chosen = waiting.findIndex((call) => call.callId === workbench.approval.callId)
  const at = Math.max(0, chosen)
  const call = waiting[at]
  if (call?.phase.type !== 'waiting') return null
  const selection = workbench.approval.selections.get(call.callId) ?? EVERYTHING
  const wide = workbench.approval.contexts.get(call.callId)
  // Of the change as it was asked before, nothing is shown.
  const phase = wide?.of === call.phase.preview ? withPreview(call.phase, wide.preview) : call.phase
  return { call, phase, waiting, at, selection }
}

function withPreview(phase: WaitingPhase, preview: Preview): WaitingPhase {
  return { ...phase, preview }
}

/** Whether the call is approved with its key pressed twice. */
export function isDangerous({ phase }: Pick<ShownApproval, 'phase'>): boolean {
  return phase.dangers !== undefined
}

/** A dangerous call, or one with an edited text that was not shown for approval. */
export function needsTwoPresses(
  { workbench }: RootState,
  shown: Pick<ShownApproval, 'phase' | 'call'>,
): boolean {
  return isDangerous(shown) || workbench.approval.drafts.has(shown.call.callId)
}

export function hasSelectedPart({
  phase: { preview },
  selection,
}: Pick<ShownApproval, 'phase' | 'selection'>): boolean {
  return preview.type !== 'diff' || selection.rejected.size < changedLineCount(preview.hunks)
}

/** How long a call is visible before keys answer it, so that the user can notice that it is another call. */
const MIN_VISIBLE_MS = 400

/** False while a key may still be meant for the previous call. */
export function isSeen({ workbench }: RootState, at: number): boolean {
  return at - workbench.approval.visibleSince >= MIN_VISIBLE_MS
}

interface ApprovalParts {
  readonly head: readonly Row[]
  /** Rows for the preview. */
  readonly body: number
  readonly foot: readonly Row[]
  readonly sheet: LazyRows
}

/** Divides the rows of the pane: the reason for asking, the preview, the answers. */
export function approvalParts(
  shown: ShownApproval,
  state: RootState,
  size: Size,
  options: PaneOptions,
): ApprovalParts {
  const { phase, selection } = shown
  const listed = listRows(state, shown, size, options.styles)
  const reasons =
    size.rows < MIN_ROWS_WITH_REASON ? [] : headRows(phase, state, size.columns, options.styles)
  const drafted = draftRows(shown, state, size.columns, options)
  const proposed = proposalRows(shown, state, size, options)
  const head = [...listed, ...drafted, ...proposed, ...reasons]
  const foot = footRows(state, size, options)
  const { preview } = phase
  const columns = showsParts(preview, selection) ? size.columns - SELECTION_COLUMNS : size.columns
  const dangers = phase.dangers?.flatMap(({ parts }) => parts) ?? []
  const sheet = renderPreview(preview, columns, {
    ...options,
    dangers,
    view: state.workbench.approval.view,
  })
  return { head, foot, sheet, body: Math.max(0, size.rows - head.length - foot.length) }
}

function showsParts(preview: Preview, selection: DiffSelection): boolean {
  return preview.type === 'diff' && showsSelection(preview, selection)
}

function previewRowsIn(
  { phase: { preview }, selection }: ShownApproval,
  { workbench }: RootState,
  sheet: LazyRows,
  range: { readonly from: number; readonly to: number },
  { styles }: PaneOptions,
): readonly Row[] {
  const isShown = preview.type === 'diff' && showsSelection(preview, selection)
  if (!isShown || !isDiffRows(sheet)) return sheet.slice(range.from, range.to)
  const hasFocus = workbench.focus === 'approval'
  return selectionRows(preview, sheet, range, selection, { styles, hasFocus })
}

/** From this height on there is room for more than the preview and the answers. */
const MIN_ROWS_WITH_REASON = 6

/** The first visible row of the preview. */
export function firstRow(state: RootState, sheet: LazyRows, body: number): number {
  const { approval: scroll } = state.workbench.scroll
  const last = Math.max(0, sheet.count - body)
  return scroll.type === 'end' ? last : Math.min(scroll.row, last)
}

/** The reason for asking, the rule behind it, and the part of the call that matched. */
function headRows(
  { verdict, preview, dangers, edited }: WaitingPhase,
  { session }: RootState,
  columns: number,
  styles: Styles,
): readonly Row[] {
  const subject = subjectOf(preview)
  const isVisible = [null, subject, `${session.directory}/${subject}`].includes(verdict.part)
  const rule = verdict.rule === null ? '' : approvalTexts.rule(cleanLine(verdict.rule))
  const part = isVisible
    ? ''
    : row(
        ' ',
        styled(styles.muted, approvalTexts.part),
        ' ',
        styled(styles.warning, revealLine(verdict.part ?? '')),
      )
  const why = styled(styles.muted, `${reasonOf(verdict.because, preview)}${rule}`)
  const own = edited === undefined ? '' : row(styled(styles.info, approvalTexts.editedByYou), ' ')
  const rows = wrap(row(own, why, part), columns)
  const careful = dangerRows(dangers ?? [], columns, styles)
  const reasons = [...rows.slice(0, WHY_ROWS - 1), ...lastOf(rows.slice(WHY_ROWS - 1), columns)]
  return [...careful, ...reasons, EMPTY_ROW]
}

/** The rules do not know whether a file that is written exists; the preview does. */
function reasonOf(because: string, preview: Preview): string {
  const creates = preview.type === 'diff' && preview.created && because === reasons.modifiesFile
  return creates ? approvalTexts.createsFile : cleanLine(because)
}

/** What is shown is not what was typed last. */
function draftRows(
  { call }: ShownApproval,
  { workbench }: RootState,
  columns: number,
  { styles, key }: PaneOptions,
): readonly Row[] {
  if (!workbench.approval.drafts.has(call.callId)) return []
  const text = approvalTexts.draft(key('approval.edit') ?? '')
  return [truncate(styled(styles.warning, text), columns)]
}

/** From this many approvals on, the rule that would have made them needless is named. */
const APPROVALS_BEFORE_PROPOSAL = 5

function proposalRows(
  { phase: { suggestion } }: ShownApproval,
  { session }: RootState,
  { columns, rows }: Size,
  { styles, key }: PaneOptions,
): readonly Row[] {
  const stroke = key('approval.always')
  if (suggestion === null || stroke === null || rows < MIN_ROWS_WITH_REASON) return []
  const count = session.approvedByHand[suggestion.rule] ?? 0
  if (count < APPROVALS_BEFORE_PROPOSAL) return []
  const text = approvalTexts.proposal(count, cleanLine(suggestion.rule), stroke)
  return [truncate(styled(styles.info, text), columns)]
}

/** Each danger with the parts of the call that it concerns, one row each. */
function dangerRows(
  dangers: readonly CallDanger[],
  columns: number,
  styles: Styles,
): readonly Row[] {
  return dangers.map(({ because, parts }) => {
    const text = approvalTexts.danger(because, parts.map(revealLine).join(', '))
    return truncate(styled(styles.error, text), columns)
  })
}

/** The command or the path that the preview shows in any case. */
function subjectOf(preview: Preview): string | null {
  if (preview.type === 'diff') return preview.path
  return preview.type === 'command' ? preview.command : null
}

const WHY_ROWS = 3

/** The last row of the reason, with `…` when more rows follow. */
function lastOf(rows: readonly Row[], columns: number): readonly Row[] {
  const [first, ...more] = rows
  if (first === undefined) return []
  return [
    more.length === 0 ? first : row(trimEnd(truncate(first, Math.max(1, columns - 2), '')), ' …'),
  ]
}

type AnswerKey = readonly [WorkbenchCommandId, string]

const ANSWERS: readonly AnswerKey[] = [
  ['approval.allow', approvalTexts.approveOnce],
  ['approval.always', approvalTexts.alwaysAllow],
  ['approval.deny', approvalTexts.deny],
  ['approval.denyWithReason', approvalTexts.denyWithReason],
  ['approval.edit', approvalTexts.edit],
]

/** While several calls are pending. */
const MANY_ANSWERS: readonly AnswerKey[] = [
  ['approval.next', approvalTexts.next],
  ['approval.allowFile', approvalTexts.allowFile],
  ['approval.allowAll', approvalTexts.allowAll],
]

const PARTIAL_ANSWERS: readonly AnswerKey[] = [
  ['approval.allowWithComment', approvalTexts.approveWithComment],
  ['approval.deny', approvalTexts.deny],
  ['approval.denyWithReason', approvalTexts.denyWithReason],
]

const DANGEROUS_ANSWERS: readonly AnswerKey[] = [
  ['approval.allow', approvalTexts.approveDangerous],
  ...ANSWERS.slice(2),
]

const PLAN_ANSWERS: readonly AnswerKey[] = [
  ['approval.allow', approvalTexts.approvePlan],
  ['approval.always', approvalTexts.approvePlanAndEdits],
  ['approval.edit', approvalTexts.editPlan],
  ['approval.deny', approvalTexts.continuePlanning],
  ['approval.denyWithReason', approvalTexts.continuePlanningWithReason],
]

/** The answers, below a blank row if there is room. */
function footRows(state: RootState, { columns, rows }: Size, options: PaneOptions): readonly Row[] {
  const answers = answerRow(state, columns, options)
  return rows < MIN_ROWS_WITH_REASON ? [answers] : [EMPTY_ROW, answers]
}

/** The rule below the preview, with the keys that select parts of it and the number of hidden rows if any. */
function ruleRow(
  shown: ShownApproval,
  below: number,
  columns: number,
  hasFocus: boolean,
  { styles, key }: PaneOptions,
): Row {
  const stroke = hasFocus ? key('scroll.pageDown') : null
  const more = below > 0 ? approvalTexts.moreBelow(below, stroke) : ''
  const { canSelect, canMove, canDivide } = partKeysOf(shown)
  const usable = { 'hunk.next': canMove, 'hunk.toggle': canSelect, 'hunk.divide': canDivide }
  const commands = SELECTION_KEYS.filter(([command]) => usable[command])
  const room = columns - rowWidth(more) - 2
  const keys = hasFocus ? fittingHints(commands, room, key) : ''
  const rest = Math.max(0, columns - rowWidth(keys) - rowWidth(more) - 2)
  return truncate(
    row(
      styled(styles.border, '─'),
      styled(styles.warning, more),
      styled(styles.border, '─'.repeat(rest)),
      styled(styles.muted, keys),
      styled(styles.border, '─'),
    ),
    columns,
  )
}

/** As many hints as there is room for; the last ones are the ones that are hardest to guess. */
function fittingHints(
  answers: readonly AnswerKey[],
  room: number,
  key: PaneOptions['key'],
): string {
  const hints = keyHints(answers, key)
  if (hints.length === 0) return ''
  const text = ` ${hints.join(' · ')} `
  return rowWidth(text) <= room ? text : fittingHints(answers.slice(1), room, key)
}

/** Which keys for the parts of a change do something. */
export function partKeysOf({
  phase: { preview },
  selection,
}: Pick<ShownApproval, 'phase' | 'selection'>) {
  if (preview.type !== 'diff' || preview.isIndivisible === true)
    return { canSelect: false, canMove: false, canDivide: false }
  const { hunks } = preview
  const count = partsOf(hunks, selection).length
  return { canSelect: count > 0, canMove: count > 1, canDivide: isDivisible(hunks, selection) }
}

type SelectionKey = readonly ['hunk.next' | 'hunk.toggle' | 'hunk.divide', string]

const SELECTION_KEYS: readonly SelectionKey[] = [
  ['hunk.next', approvalTexts.nextHunk],
  ['hunk.toggle', approvalTexts.selectHunk],
  ['hunk.divide', approvalTexts.divideHunk],
]

/** After the first of two keys: what the second key does, and why it is required. */
function confirmRow(state: RootState, { styles, key }: PaneOptions): Row | null {
  const shown = shownApproval(state)
  const { confirming } = state.workbench.approval
  if (shown === null || !needsTwoPresses(state, shown)) return null
  if (confirming !== shown.call.callId) return null
  const answer = (command: string, does: string): Row =>
    row(styled(styles.accent, key(command) ?? ''), ' ', styled(styles.text, does))
  const answers = [
    answer('approval.allow', approvalTexts.confirm),
    answer('approval.deny', approvalTexts.deny),
  ]
  const drafts = state.workbench.approval.drafts.has(shown.call.callId)
    ? [approvalTexts.draftNotApplied]
    : []
  const dangers = (shown.phase.dangers ?? []).map(({ because }) => because)
  const why = [...drafts, ...dangers].join(' ')
  return row(joinRows(answers, '  '), '  ', styled(styles.error, why))
}

/** What the answers do, for the call and for the selection of its change. */
function answersOf(shown: ShownApproval | null): readonly AnswerKey[] {
  if (shown === null) return []
  const { preview, suggestion } = shown.phase
  if (preview.type === 'plan') return PLAN_ANSWERS
  if (preview.type === 'diff' && isPartial(shown.selection)) {
    const parts = partsOf(preview.hunks, shown.selection)
    const count = parts.filter((part) => isSelected(part, shown.selection)).length
    const apply = approvalTexts.approvePart(count, parts.length)
    const others = PARTIAL_ANSWERS.filter(
      ([command]) => !(isDangerous(shown) && command === 'approval.allowWithComment'),
    )
    // Without a selected part only the answers that deny are left.
    if (count === 0) return others.filter(([command]) => command !== 'approval.allowWithComment')
    return [['approval.allow', apply], ...others]
  }
  const usable = isDangerous(shown) ? DANGEROUS_ANSWERS : ANSWERS
  return usable.filter(([command]) => {
    if (command === 'approval.always') return suggestion !== null
    return command !== 'approval.edit' || isEditable(preview)
  })
}

function isEditable(preview: Preview): boolean {
  if (preview.type === 'diff') return preview.isIndivisible !== true
  return preview.type === 'command' || preview.type === 'plan'
}

function answerRow(state: RootState, columns: number, options: PaneOptions): Row {
  const { styles, key } = options
  const many = pendingApprovals(state.session).length > 1
  if (state.workbench.focus !== 'approval') {
    const stroke = key('focus.approval') ?? key('focus.next') ?? ''
    return truncate(styled(styles.warning, approvalTexts.goToApproval(stroke)), columns)
  }
  const again = confirmRow(state, options)
  if (again !== null) return truncate(again, columns)
  // The answers are shown only once keys are accepted for this call.
  if (!isSeen(state, state.workbench.now)) return unseenRow(state, columns, styles)
  const shown = shownApproval(state)
  const open = answersOf(shown)
  const choices: readonly AnswerKey[] = many ? [...open, ...MANY_ANSWERS] : open
  const answers = choices.flatMap(([command, does]) => {
    const stroke = key(command)
    if (stroke === null) return []
    const isTwice = command === 'approval.allow' && shown !== null && needsTwoPresses(state, shown)
    const strokes = isTwice ? `${stroke} ${stroke}` : stroke
    return [row(styled(styles.accent, strokes), ' ', styled(styles.text, does))]
  })
  const wide = joinRows(answers, styled(styles.muted, '  ·  '))
  return truncate(rowWidth(wide) <= columns ? wide : joinRows(answers, '  '), columns)
}

/** No answer counts yet; a key that was pressed all the same is reported. */
function unseenRow({ workbench }: RootState, columns: number, styles: Styles): Row {
  if (workbench.approval.ignoredKeyAt === null) return styled(styles.muted, '…')
  return truncate(styled(styles.warning, approvalTexts.tooEarly), columns)
}

/** Rows of the title, reasons, answers and the lines between them. */
const SURROUNDING_ROWS = 8
/** The maximum width of the numbers and signs of a diff. */
const GUTTER_COLUMNS = 14

/** An estimate of the rows that a call needs, counted up to `most`. The layout divides the screen by it. */
export function rowsNeeded({ phase }: ToolCall, columns: number, most: number): number {
  if (phase.type !== 'waiting') return SURROUNDING_ROWS
  const careful = phase.dangers?.length ?? 0
  return SURROUNDING_ROWS + careful + previewRows(phase.preview, columns, most)
}

function previewRows(preview: Preview, columns: number, most: number): number {
  let rows = 0
  for (const [line, margin] of linesOf(preview, most * columns)) {
    rows += Math.max(1, Math.ceil(textWidth(line) / Math.max(1, columns - margin)))
    if (rows >= most) break
  }
  return rows
}

function* linesOf(
  preview: Preview,
  most: number,
): Generator<readonly [line: string, margin: number]> {
  if (preview.type !== 'diff') {
    for (const line of textOf(preview).slice(0, most).split('\n')) yield [line, 2]
    return
  }
  yield [preview.path, GUTTER_COLUMNS]
  if (preview.remark !== null) yield [preview.remark, 0]
  for (const { lines } of preview.hunks) {
    yield ['', 0]
    for (const { text } of lines) yield [text, GUTTER_COLUMNS]
  }
}

function textOf(preview: Exclude<Preview, { type: 'diff' }>): string {
  switch (preview.type) {
    case 'command':
      return [
        `${preview.description ?? ''}\n${preview.command}\n`,
        ...(preview.parts ?? []).map(({ text, because }) => `${text} — ${because}`),
      ].join('\n')
    case 'plan':
      return preview.markdown
    case 'questions':
      return longestQuestion(preview.questions)
    case 'todos':
      return preview.todos.map(({ content }) => content).join('\n')
    case 'arguments':
      return preview.text
    case 'impossible':
      return preview.reason
  }
}

/** Of the question that needs most rows, so that the pane keeps its size. */
function longestQuestion(questions: readonly Question[]): string {
  const texts = questions.map(({ header, question, options }) => {
    const choices = options.map(({ label, description }) => `[x] ${label}  ${description}`)
    return [...(header === '' ? [] : [header]), question, '', ...choices, ''].join('\n')
  })
  return texts.reduce((longest, text) => (text.length > longest.length ? text : longest), '')
}

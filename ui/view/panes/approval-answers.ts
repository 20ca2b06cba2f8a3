import { pendingApprovals } from '../../../lib/session/state/selectors.ts'
import type { Preview } from '../../../lib/tools/tool.ts'
import type { WorkbenchCommandId } from '../../messages/commands.ts'
import { isPartial, partsOf, selectedPartCount } from '../../state/diff-selection.ts'
import {
  isDangerous,
  isSeen,
  needsTwoPresses,
  partKeysOf,
  type ShownApproval,
  shownApproval,
} from '../../state/shown-approval.ts'
import type { RootState } from '../../state/state.ts'
import type { Styles } from '../../theme/styles.ts'
import { approvalTexts } from '../messages/approvals.ts'
import { dialogTexts } from '../messages/dialogs.ts'
import { EMPTY_ROW, joinRows, type Row, row, styled } from '../render/row.ts'
import { rowWidth, truncate } from '../render/wrap.ts'
import type { Size } from '../types.ts'
import { MIN_ROWS_WITH_REASON } from './approval-reasons.ts'
import { keyHints } from './key-hints.ts'
import type { PaneOptions } from './pane.ts'

/** A command, what it does, and the same for a narrow screen where that is shorter. */
type AnswerKey = readonly [command: WorkbenchCommandId, text: string, short?: string]

const ANSWERS: readonly AnswerKey[] = [
  ['approval.allow', approvalTexts.approveOnce, approvalTexts.short.approve],
  ['approval.always', approvalTexts.alwaysAllow],
  ['approval.deny', approvalTexts.deny],
  ['approval.denyWithReason', approvalTexts.denyWithReason, approvalTexts.short.reason],
  ['approval.edit', approvalTexts.edit],
]

/** While several calls are pending. */
const MANY_ANSWERS: readonly AnswerKey[] = [
  ['approval.next', approvalTexts.next, approvalTexts.short.next],
  ['approval.allowFile', approvalTexts.allowFile, approvalTexts.short.file],
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
  ['approval.allow', approvalTexts.approvePlan, approvalTexts.short.approve],
  ['approval.always', approvalTexts.approvePlanAndEdits, approvalTexts.short.acceptEdits],
  ['approval.edit', approvalTexts.editPlan, approvalTexts.edit],
  ['approval.deny', approvalTexts.continuePlanning],
  ['approval.denyWithReason', approvalTexts.continuePlanningWithReason, approvalTexts.short.reason],
]

/** The answers, below a blank row if there is room. */
export function footRows(
  state: RootState,
  { columns, rows }: Size,
  options: PaneOptions,
): readonly Row[] {
  const answers = answerRow(state, columns, options)
  return rows < MIN_ROWS_WITH_REASON ? [answers] : [EMPTY_ROW, answers]
}

/** In place of the answers, while the call has to be read to its end. */
export function readFirstRow(columns: number, { styles, key }: PaneOptions): Row {
  const [scroll, yes] = [key('scroll.pageDown'), key('approval.allow')]
  const text = dialogTexts.readFirst(scroll ?? '', yes ?? '')
  return truncate(styled(styles.warning, text), columns)
}

/** The rule below the preview, with the number of hidden rows if any, and on a narrow screen the keys that select parts of it. */
export function ruleRow(
  shown: ShownApproval,
  below: number,
  columns: number,
  hasFocus: boolean,
  { styles, key }: PaneOptions,
): Row {
  const stroke = hasFocus ? key('scroll.pageDown') : null
  const more = below > 0 ? approvalTexts.moreBelow(below, stroke) : ''
  const { canSelect, hasNext, isLast, canDivide } = partKeysOf(shown)
  const usable = {
    'hunk.next': hasNext,
    'hunk.previous': isLast,
    'hunk.toggle': canSelect,
    'hunk.divide': canDivide,
  }
  const commands = SELECTION_KEYS.filter(([command]) => usable[command])
  const room = columns - rowWidth(more) - 2
  const keys = hasFocus && columns < LAST_ROW_COLUMNS ? fittingHints(commands, room, key) : ''
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

/** From this width on the last row of the screen has room for these keys. */
const LAST_ROW_COLUMNS = 70

/** As many hints as there is room for; the last ones are the ones that are hardest to guess. */
function fittingHints(
  answers: readonly SelectionKey[],
  room: number,
  key: PaneOptions['key'],
): string {
  const hints = keyHints(answers, key)
  if (hints.length === 0) return ''
  const text = ` ${hints.join(' · ')} `
  return rowWidth(text) <= room ? text : fittingHints(answers.slice(1), room, key)
}

type SelectionKey = readonly ['hunk.next' | 'hunk.previous' | 'hunk.toggle' | 'hunk.divide', string]

const SELECTION_KEYS: readonly SelectionKey[] = [
  ['hunk.next', approvalTexts.nextHunk],
  ['hunk.previous', approvalTexts.previousHunk],
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
    const count = selectedPartCount(preview.hunks, shown.selection)
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
  const isChange = shown?.phase.preview.type === 'diff'
  const others = MANY_ANSWERS.filter(([command]) => isChange || command !== 'approval.allowFile')
  const choices: readonly AnswerKey[] = many ? [...open, ...others] : open
  const hints = (isShort: boolean): readonly Row[] =>
    choices.flatMap(([command, does, short = does]) => {
      const stroke = key(command)
      if (stroke === null) return []
      const isTwice =
        command === 'approval.allow' && shown !== null && needsTwoPresses(state, shown)
      const strokes = isTwice ? `${stroke} ${stroke}` : stroke
      return [row(styled(styles.accent, strokes), ' ', styled(styles.text, isShort ? short : does))]
    })
  const wide = joinRows(hints(false), styled(styles.muted, '  ·  '))
  const rows = [wide, joinRows(hints(false), '  ')]
  return rows.find((one) => rowWidth(one) <= columns) ?? fittingRow(hints(true), columns)
}

/** As many answers as there is room for. */
function fittingRow(answers: readonly Row[], columns: number): Row {
  const all = joinRows(answers, '  ')
  if (rowWidth(all) <= columns) return all
  for (let count = answers.length - 1; count > 0; count--) {
    const shown = row(joinRows(answers.slice(0, count), '  '), ' …')
    if (rowWidth(shown) <= columns) return shown
  }
  return truncate(all, columns)
}

/** No answer counts yet; a key that was pressed all the same is reported. */
function unseenRow({ workbench }: RootState, columns: number, styles: Styles): Row {
  if (workbench.approval.ignoredKeyAt === null) return styled(styles.muted, '…')
  return truncate(styled(styles.warning, approvalTexts.tooEarly), columns)
}

import type { Preview } from '../../../lib/tools/tool.ts'
import { shownQuestions } from '../../state/answer-form.ts'
import type { DiffSelection } from '../../state/diff-selection.ts'
import {
  isDangerous,
  isSeen,
  type ShownApproval,
  shownApproval,
} from '../../state/shown-approval.ts'
import type { RootState } from '../../state/state.ts'
import { hasRoomForPanes } from '../layout.ts'
import { approvalTexts } from '../messages/approvals.ts'
import { paneTitles } from '../messages/panes.ts'
import { type DiffRows, isDiffRows } from '../render/diff.ts'
import type { LazyRows } from '../render/lazy-rows.ts'
import { renderPreview } from '../render/preview.ts'
import { EMPTY_ROW, type Row } from '../render/row.ts'
import { cleanLine, revealLine } from '../render/sanitize.ts'
import type { Size } from '../types.ts'
import { footRows, readFirstRow, ruleRow } from './approval-answers.ts'
import { approvalEditorView } from './approval-editor.ts'
import { listRows } from './approval-list.ts'
import {
  approvalHeadRows,
  areDangersCut,
  draftRows,
  MIN_ROWS_WITH_REASON,
  proposalRows,
} from './approval-reasons.ts'
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
    const visible = { columns: size.columns, top, body, sheet }
    const share = seenShare(shown, state, visible)
    const answers = isUnread(shown, state, size, visible)
      ? [readFirstRow(size.columns, options)]
      : foot.slice(-1)
    const note = [
      share === null ? '' : approvalTexts.seen(share),
      // What is beyond the edge is not seen, however far the diff was scrolled.
      isDiffRows(sheet) && sheet.cutLines > 0
        ? approvalTexts.cutLines(sheet.cutLines, options.key('approval.toggleWrap'))
        : '',
      shown.waiting.length > 1 ? approvalTexts.position(shown.at + 1, shown.waiting.length) : '',
    ]
      .filter(Boolean)
      .join(' · ')
    const all = [...head, ...rows, ...blank, ...(foot.length > 1 ? [rule] : []), ...answers]
    return { rows: all.slice(0, size.rows), note }
  },
}

/**
 * Whether the call cannot be approved yet, because rows of its preview were not displayed: on a screen that is too small for several
 * panes, and where the dangerous part of a command is cut in the reason, or has no room there.
 */
export function isUnread(
  shown: ShownApproval,
  state: RootState,
  { columns, rows }: Size,
  visible: Omit<VisibleRows, 'columns'>,
): boolean {
  const { preview } = shown.phase
  const isSmall = !hasRoomForPanes(state.workbench.viewport)
  const hasReason = rows >= MIN_ROWS_WITH_REASON
  const isCut =
    preview.type === 'command' &&
    isDangerous(shown) &&
    (!hasReason || areDangersCut(shown.phase, columns))
  return (isSmall || isCut) && seenShare(shown, state, { ...visible, columns }) !== null
}

interface VisibleRows {
  readonly columns: number
  readonly top: number
  readonly body: number
  /** The complete preview. */
  readonly sheet: LazyRows
}

/** How many changed lines of a diff are seen once these rows are: those that were jumped over are not. */
export function seenLines(
  sheet: DiffRows,
  known: number,
  { top, to }: { readonly top: number; readonly to: number },
): number {
  if (sheet.rowOfChangedLine(known) < top) return known
  let lines = known
  while (lines < sheet.changedCount && sheet.endOfChangedLine(lines) <= to) lines++
  return lines
}

/** Percent of the changed lines, or of the rows of another preview, that were visible; null when all of them were. */
function seenShare(
  { call }: ShownApproval,
  {
    workbench: {
      approval: { seen },
    },
  }: RootState,
  { columns, top, body, sheet }: VisibleRows,
): number | null {
  if (isDiffRows(sheet) && sheet.changedCount > 0) {
    const known = seen?.callId === call.callId ? seen.lines : 0
    return percentOf(seenLines(sheet, known, { top, to: top + body }), sheet.changedCount)
  }
  const known = seen?.callId === call.callId && seen.columns === columns ? seen.rows : 0
  const rows = top <= known ? Math.max(known, top + body) : known
  return percentOf(rows, sheet.count)
}

function percentOf(part: number, all: number): number | null {
  return part >= all ? null : Math.floor((part / all) * 100)
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
    size.rows < MIN_ROWS_WITH_REASON
      ? []
      : approvalHeadRows(phase, state, size.columns, options.styles)
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

/** The first visible row of the preview. */
export function firstRow(state: RootState, sheet: LazyRows, body: number): number {
  const { approval: scroll } = state.workbench.scroll
  const last = Math.max(0, sheet.count - body)
  return scroll.type === 'end' ? last : Math.min(scroll.row, last)
}

import { reasons } from '../../../lib/permissions/messages.ts'
import type { CallDanger } from '../../../lib/permissions/types.ts'
import type { Preview } from '../../../lib/tools/tool.ts'
import type { ShownApproval, WaitingPhase } from '../../state/shown-approval.ts'
import type { RootState } from '../../state/state.ts'
import type { Styles } from '../../theme/styles.ts'
import { approvalTexts } from '../messages/approvals.ts'
import { EMPTY_ROW, type Row, row, styled } from '../render/row.ts'
import { cleanLine, revealLine } from '../render/sanitize.ts'
import { trimEnd, truncate, wrap } from '../render/wrap.ts'
import type { Size } from '../types.ts'
import type { PaneOptions } from './pane.ts'

/** From this height on there is room for more than the preview and the answers. */
export const MIN_ROWS_WITH_REASON = 6

/** The reason for asking, the rule behind it, and the part of the call that matched. */
export function approvalHeadRows(
  { verdict, preview, dangers, edited }: WaitingPhase,
  { session }: RootState,
  columns: number,
  styles: Styles,
): readonly Row[] {
  const subject = subjectOf(preview)
  const isVisible = [null, subject, `${session.directory}/${subject}`].includes(verdict.part)
  const rule = verdict.rule === null ? '' : approvalTexts.rule(revealLine(verdict.rule))
  const part = isVisible
    ? ''
    : row(
        ' ',
        styled(styles.muted, approvalTexts.part),
        ' ',
        styled(styles.warning, revealLine(verdict.part ?? '')),
      )
  const why = styled(styles.muted, `${reasonOf(verdict.because, preview)}${rule}`)
  // A danger that is the reason for asking is stated once, with its part in full.
  const isStated =
    (dangers ?? []).some(({ because }) => because === verdict.because) ||
    (isListed(preview, verdict) && (dangers ?? []).length > 0)
  const own = edited === undefined ? '' : row(styled(styles.info, approvalTexts.editedByYou), ' ')
  const stated = isStated ? own : row(own, why, part)
  const rows = isStated && edited === undefined ? [] : firstRows(wrap(stated, columns), columns)
  const careful = (dangers ?? []).flatMap((danger) =>
    dangerRows(danger, danger.because === verdict.because ? WHY_ROWS : 1, columns, styles),
  )
  return [...careful, ...rows, EMPTY_ROW]
}

/** The commands below each have their reason, and this is one of them. */
function isListed(preview: Preview, { part, rule }: WaitingPhase['verdict']): boolean {
  return (
    rule === null &&
    preview.type === 'command' &&
    (preview.parts ?? []).some(({ text }) => text === part)
  )
}

/** The first rows of a reason. */
function firstRows(rows: readonly Row[], columns: number): readonly Row[] {
  return [...rows.slice(0, WHY_ROWS - 1), ...lastOf(rows.slice(WHY_ROWS - 1), columns)]
}

/** The rules do not know whether a file that is written exists; the preview does. */
function reasonOf(because: string, preview: Preview): string {
  const creates = preview.type === 'diff' && preview.created && because === reasons.modifiesFile
  return creates ? approvalTexts.createsFile : cleanLine(because)
}

/** What is shown is not what was typed last. */
export function draftRows(
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

export function proposalRows(
  { phase: { suggestion } }: ShownApproval,
  { session }: RootState,
  { columns, rows }: Size,
  { styles, key }: PaneOptions,
): readonly Row[] {
  const stroke = key('approval.always')
  if (suggestion === null || stroke === null || rows < MIN_ROWS_WITH_REASON) return []
  const count = session.approvedByHand[suggestion.rule] ?? 0
  if (count < APPROVALS_BEFORE_PROPOSAL) return []
  const text = approvalTexts.proposal(count, revealLine(suggestion.rule), stroke)
  return [truncate(styled(styles.info, text), columns)]
}

/** Whether the end of a part that is dangerous has no room above the preview. */
export function areDangersCut(
  { verdict, dangers = [] }: Pick<WaitingPhase, 'verdict' | 'dangers'>,
  columns: number,
): boolean {
  return dangers.some((danger) => {
    const most = danger.because === verdict.because ? WHY_ROWS : 1
    return wrap(dangerText(danger), columns).length > most
  })
}

function dangerText({ because, parts }: CallDanger): string {
  return approvalTexts.danger(because, parts.map(revealLine).join(', '))
}

/** A danger with the parts of the call that it concerns. */
function dangerRows(
  danger: CallDanger,
  count: number,
  columns: number,
  styles: Styles,
): readonly Row[] {
  const text = styled(styles.error, dangerText(danger))
  return count === 1 ? [truncate(text, columns)] : firstRows(wrap(text, columns), columns)
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

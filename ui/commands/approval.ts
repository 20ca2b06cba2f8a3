import type { RuleSuggestion } from '../../lib/permissions/types.ts'
import type { ChangeSelection } from '../../lib/tools/tool.ts'
import { changedLineCount } from '../../lib/util/select-changes.ts'
import type { WorkbenchCommandId } from '../messages/commands.ts'
import {
  ALWAYS_ALLOW,
  APPROVE_WITH_COMMENT,
  DENY_WITH_REASON,
  editRule,
} from '../messages/dialogs.ts'
import { DENIED_BY_USER, NO_SAFE_RULE, NOTHING_SELECTED } from '../messages/notices.ts'
import { EVERYTHING, isPartial } from '../state/diff-selection.ts'
import type { PromptAction } from '../state/overlay-actions.ts'
import type { RootState } from '../state/state.ts'
import { isDangerous, isSeen, type ShownApproval, shownApproval } from '../view/panes/approval.ts'
import { openPrompt } from './open-overlay.ts'
import {
  needsPendingApproval,
  type WorkbenchCommand,
  type WorkbenchContext,
} from './workbench-command.ts'

export const APPROVAL_COMMANDS: readonly WorkbenchCommand[] = [
  answer('approval.allow', approveOnce),
  answer('approval.always', (context, shown) =>
    shown.phase.preview.type === 'plan'
      ? approvePlanAndEdits(context, shown)
      : promptForRule(context, shown),
  ),
  answer('approval.deny', ({ session }, { call }) =>
    session.approvals.deny(call.callId, DENIED_BY_USER),
  ),
  answer('approval.denyWithReason', promptForReason),
  answer('approval.denyAndStop', ({ session }, { waiting }) => {
    for (const { callId } of waiting) session.approvals.deny(callId, DENIED_BY_USER)
    session.turns.cancel()
  }),
  answer('approval.allowWithComment', promptForComment),
  showOther('approval.next', 1),
  showOther('approval.previous', -1),
]

function answer(
  id: WorkbenchCommandId,
  run: (context: WorkbenchContext, shown: ShownApproval) => void,
): WorkbenchCommand {
  return {
    id,
    unavailable: ({ session }) => needsPendingApproval(session),
    run(context) {
      const { state } = context.root
      const shown = shownApproval(state)
      if (shown === null) return
      // A key that was pressed before this call could be seen was meant for the previous one.
      if (isSeen(state, context.now())) run(context, shown)
      else context.root.dispatch({ type: 'approval.keyIgnored', at: context.now() })
    },
  }
}

function approveOnce({ root, session, now }: WorkbenchContext, shown: ShownApproval): void {
  const { call } = shown
  const { confirming } = root.state.workbench.approval
  if (!hasSelectedPart(shown)) {
    session.notify('warning', NOTHING_SELECTED)
  } else if (!isDangerous(shown) || confirming === call.callId) {
    session.approvals.allow(call.callId, selectedChange(shown, null))
  } else root.dispatch({ type: 'approval.confirming', callId: call.callId, at: now() })
}

function hasSelectedPart({ phase: { preview }, selection }: ShownApproval): boolean {
  return preview.type !== 'diff' || selection.rejected.size < changedLineCount(preview.hunks)
}

/** The selection for the session; undefined for the complete change. */
function selectedChange(
  { selection }: Pick<ShownApproval, 'selection'>,
  comment: string | null,
): ChangeSelection | undefined {
  if (!isPartial(selection)) return undefined
  const rejectedLines = [...selection.rejected].sort((one, other) => one - other)
  return { rejectedLines, ...(comment === null ? {} : { comment }) }
}

function promptForComment(context: WorkbenchContext, shown: ShownApproval): void {
  const selection = selectedChange(shown, null)
  // A dangerous call is approved with its own key, twice.
  if (selection === undefined || isDangerous(shown)) return
  if (!hasSelectedPart(shown)) {
    context.session.notify('warning', NOTHING_SELECTED)
    return
  }
  openPrompt(context, {
    ...APPROVE_WITH_COMMENT,
    action: { type: 'approval.allowPart', callId: shown.call.callId, selection },
  })
}

function approvePlanAndEdits({ session }: WorkbenchContext, { call }: ShownApproval): void {
  session.rules.setMode('acceptEdits')
  session.approvals.allow(call.callId)
}

type Scope = RuleSuggestion['scope']

function promptForRule(context: WorkbenchContext, { call, phase }: ShownApproval): void {
  if (phase.suggestion === null) {
    context.session.notify('warning', NO_SAFE_RULE)
    return
  }
  const { rule, scope } = phase.suggestion
  openPrompt(context, {
    title: ALWAYS_ALLOW,
    explanation: editRule(scope),
    text: rule,
    action: { type: 'approval.addRule', callId: call.callId, scope },
  })
}

/** `text` is a rule, or one with the scope that it is saved in: `Bash(npm test)`, `user: Bash(npm test)`. */
export async function addRule(
  { session, root }: WorkbenchContext,
  { callId, scope }: Extract<PromptAction, { type: 'approval.addRule' }>,
  text: string,
): Promise<void> {
  const [, named, rule = text] = /^(session|local|project|user):\s*(.*)$/.exec(text) ?? []
  const { selections } = root.state.workbench.approval
  const chosen = selections.get(callId) ?? EVERYTHING
  const selection = selectedChange({ selection: chosen }, null)
  await session.approvals.allowAlways(callId, rule.trim(), (named as Scope | undefined) ?? scope, {
    isInReview: (other) => isInReview(root.state, other),
    ...(selection === undefined ? {} : { selection }),
  })
}

/** Whether a part of the call was rejected, or its text is being edited. */
export function isInReview({ workbench: { approval } }: RootState, callId: string): boolean {
  const selection = approval.selections.get(callId)
  const isSelected = selection !== undefined && isPartial(selection)
  return isSelected || approval.editing?.callId === callId || approval.drafts.has(callId)
}

function promptForReason(context: WorkbenchContext, { call }: ShownApproval): void {
  openPrompt(context, {
    ...DENY_WITH_REASON,
    action: { type: 'approval.deny', callId: call.callId },
  })
}

export function allowPart(
  { session }: WorkbenchContext,
  { callId, selection }: Extract<PromptAction, { type: 'approval.allowPart' }>,
  text: string,
): void {
  const comment = text.trim()
  session.approvals.allow(callId, comment === '' ? selection : { ...selection, comment })
}

export function denyWithReason(
  { session }: WorkbenchContext,
  callId: string,
  reason: string,
): void {
  session.approvals.deny(callId, reason.trim() === '' ? DENIED_BY_USER : reason.trim())
}

/** To look at another call answers nothing, so the key counts at once. */
function showOther(id: WorkbenchCommandId, by: number): WorkbenchCommand {
  return {
    id,
    unavailable: ({ session }) => needsPendingApproval(session),
    run({ root }) {
      const shown = shownApproval(root.state)
      if (shown === null) return
      const { waiting, at } = shown
      const next = waiting[(at + by + waiting.length) % waiting.length]
      if (next !== undefined) root.dispatch({ type: 'approval.selected', callId: next.callId })
    },
  }
}

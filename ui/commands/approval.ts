import { pendingApprovals } from '../../lib/session/state/selectors.ts'
import {
  ANSWER_QUESTIONS,
  APPROVE_WITH_COMMENT,
  DENIED_BY_USER,
  DENY_ALL,
  DENY_WITH_REASON,
  NO_OTHER_APPROVALS,
  NOTHING_SELECTED,
  PRESS_AGAIN_TO_STOP,
  READ_TO_END,
} from '../messages/approvals.ts'
import type { WorkbenchCommandId } from '../messages/commands.ts'
import type { PromptAction } from '../state/overlay-actions.ts'
import {
  hasSelectedPart,
  isDangerous,
  isSeen,
  needsTwoPresses,
  type ShownApproval,
  shownApproval,
} from '../state/shown-approval.ts'
import type { RootState } from '../state/state.ts'
import { pressedTwice } from './confirm-press.ts'
import { openPrompt } from './open-overlay.ts'
import { openRuleDialog } from './rule-dialog.ts'
import { isApprovalUnread } from './scroll.ts'
import { selectedChange } from './selected-change.ts'
import {
  flash,
  needsPendingApproval,
  type WorkbenchCommand,
  type WorkbenchContext,
} from './workbench-command.ts'

export const APPROVAL_COMMANDS: readonly WorkbenchCommand[] = [
  answer('approval.allow', approveOnce),
  answer('approval.always', (context, shown) =>
    shown.phase.preview.type === 'plan'
      ? approvePlanAndEdits(context, shown)
      : openRuleDialog(context, shown),
  ),
  answer('approval.deny', ({ session }, { call }) =>
    session.approvals.deny(call.callId, DENIED_BY_USER),
  ),
  answer('approval.denyWithReason', promptForReason),
  answer('approval.denyAll', promptForReasonOfAll),
  answer('approval.denyAndStop', denyAndStop),
  answer('approval.allowWithComment', promptForComment),
  showOther('approval.next', 1),
  showOther('approval.previous', -1),
]

const APPROVES: ReadonlySet<WorkbenchCommandId> = new Set([
  'approval.allow',
  'approval.always',
  'approval.allowWithComment',
])

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
      const isEarly = !isSeen(state, context.now()) && !withdraws(state, id, shown)
      if (isEarly) context.root.dispatch({ type: 'approval.keyIgnored', at: context.now() })
      else if (APPROVES.has(id) && isApprovalUnread(context)) flash(context, READ_TO_END, 'warning')
      else run(context, shown)
    },
  }
}

/** After the first press of two the call has been seen: only the second one has to wait. */
function withdraws(
  { workbench }: RootState,
  id: WorkbenchCommandId,
  { call }: ShownApproval,
): boolean {
  return !APPROVES.has(id) && workbench.approval.confirming === call.callId
}

/** The key is next to those that deny one call, so it is required twice. */
function denyAndStop(context: WorkbenchContext, { waiting }: ShownApproval): void {
  const { root, session } = context
  const callIds = waiting.map(({ callId }) => callId)
  const command = 'approval.denyAndStop'
  if (!pressedTwice(context, `${command} ${callIds.join(' ')}`, PRESS_AGAIN_TO_STOP)) return
  // Pressed once more, the key is not the beginning of a message.
  root.dispatch({ type: 'command.pressed', command, at: context.now() })
  for (const callId of callIds) session.approvals.deny(callId, DENIED_BY_USER)
  session.turns.cancel()
}

/** What a key cannot do is reported in the last row, because an approval may cover the conversation. */
function approveOnce(context: WorkbenchContext, shown: ShownApproval): void {
  const { root, session, now } = context
  const { call } = shown
  const { confirming } = root.state.workbench.approval
  if (shown.phase.preview.type === 'questions') {
    flash(context, ANSWER_QUESTIONS, 'warning')
  } else if (!hasSelectedPart(shown)) {
    flash(context, NOTHING_SELECTED, 'warning')
  } else if (!needsTwoPresses(root.state, shown) || confirming === call.callId) {
    session.approvals.allow(call.callId, selectedChange(shown))
  } else root.dispatch({ type: 'approval.confirming', callId: call.callId, at: now() })
}

function promptForComment(context: WorkbenchContext, shown: ShownApproval): void {
  const selection = selectedChange(shown)
  // A dangerous call is approved with its own key, twice.
  if (selection === undefined || isDangerous(shown)) return
  if (!hasSelectedPart(shown)) {
    flash(context, NOTHING_SELECTED, 'warning')
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

function promptForReason(context: WorkbenchContext, { call }: ShownApproval): void {
  openPrompt(context, {
    ...DENY_WITH_REASON,
    action: { type: 'approval.deny', callIds: [call.callId] },
  })
}

function promptForReasonOfAll(context: WorkbenchContext, { waiting }: ShownApproval): void {
  const callIds = waiting.map(({ callId }) => callId)
  openPrompt(context, { ...DENY_ALL(callIds.length), action: { type: 'approval.deny', callIds } })
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
  callIds: readonly string[],
  reason: string,
): void {
  const given = reason.trim() === '' ? DENIED_BY_USER : reason.trim()
  for (const callId of callIds) session.approvals.deny(callId, given)
}

/** To look at another call answers nothing, so the key counts at once. */
function showOther(id: WorkbenchCommandId, by: number): WorkbenchCommand {
  return {
    id,
    unavailable: ({ session }) =>
      pendingApprovals(session).length > 1 ? null : NO_OTHER_APPROVALS,
    run({ root }) {
      const shown = shownApproval(root.state)
      if (shown === null) return
      const { waiting, at } = shown
      const next = waiting[(at + by + waiting.length) % waiting.length]
      if (next !== undefined) root.dispatch({ type: 'approval.selected', callId: next.callId })
    },
  }
}

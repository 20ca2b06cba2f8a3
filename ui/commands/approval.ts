import type { RuleSuggestion } from '../../lib/permissions/types.ts'
import type { PromptAction } from '../state/overlay-actions.ts'
import { isSeen, type ShownApproval, shownApproval } from '../view/panes/approval.ts'
import { openPrompt } from './open-overlay.ts'
import {
  needsPendingApproval,
  type WorkbenchCommand,
  type WorkbenchContext,
} from './workbench-command.ts'

const decision = (
  id: string,
  title: string,
  run: (context: WorkbenchContext, shown: ShownApproval) => void,
): WorkbenchCommand => ({
  id,
  title,
  unavailable: ({ session }) => needsPendingApproval(session),
  run(context) {
    const { state } = context.root
    const shown = shownApproval(state)
    // A key that was on its way before this call could be seen was meant for the one before.
    if (shown !== null && isSeen(state, context.now())) run(context, shown)
  },
})

const DEFAULT_REASON = 'The user said no.'

export const APPROVAL_COMMANDS: readonly WorkbenchCommand[] = [
  decision(
    'approval.allow',
    'Allow this call once; a dangerous one wants the key twice',
    approveOnce,
  ),
  decision('approval.always', 'Allow calls like this always: shows the rule first', promptForRule),
  decision('approval.deny', 'Refuse this call', ({ session }, { call }) =>
    session.approvals.deny(call.callId, DEFAULT_REASON),
  ),
  decision('approval.denyWithReason', 'Refuse this call and tell the agent why', promptForReason),
  decision('approval.next', 'Show the next waiting call', (context, shown) =>
    show(context, shown, 1),
  ),
  decision('approval.previous', 'Show the waiting call before', (context, shown) =>
    show(context, shown, -1),
  ),
]

function approveOnce(
  { root, session, now }: WorkbenchContext,
  { call, phase }: ShownApproval,
): void {
  const { confirming } = root.state.workbench.approval
  if (phase.danger === undefined || confirming === call.callId) session.approvals.allow(call.callId)
  else root.dispatch({ type: 'approval.confirming', callId: call.callId, at: now() })
}

const SCOPES = {
  session: 'until you quit',
  local: 'in this project, for you (.letta/settings.local.json)',
  project: 'in this project, for everyone (.letta/settings.json)',
  user: 'in all your projects (~/.letta/settings.json)',
} as const satisfies Record<Scope, string>

type Scope = RuleSuggestion['scope']

function promptForRule(context: WorkbenchContext, { call, phase }: ShownApproval): void {
  if (phase.suggestion === null) {
    context.session.notify(
      'warning',
      'No rule can cover this call safely: it has to be allowed each time.',
    )
    return
  }
  const { rule, scope } = phase.suggestion
  openPrompt(context, {
    title: 'Allow always',
    explanation: `This rule is saved ${SCOPES[scope]}. Edit it, or begin it with "${Object.keys(SCOPES).join('", "')}" and a colon for another scope.`,
    text: rule,
    action: { type: 'approval.addRule', callId: call.callId, scope },
  })
}

/** `text` is a rule, or one with the scope that it is saved in: `Bash(npm test)`, `user: Bash(npm test)`. */
export async function addRule(
  { session }: WorkbenchContext,
  { callId, scope }: Extract<PromptAction, { type: 'approval.addRule' }>,
  text: string,
): Promise<void> {
  const [, named, rule = text] = /^(session|local|project|user):\s*(.*)$/.exec(text) ?? []
  await session.approvals.allowAlways(callId, rule.trim(), (named as Scope | undefined) ?? scope)
}

function promptForReason(context: WorkbenchContext, { call }: ShownApproval): void {
  openPrompt(context, {
    title: 'No, because …',
    explanation: 'The agent reads this, and goes on from it.',
    action: { type: 'approval.deny', callId: call.callId },
  })
}

export function denyWithReason(
  { session }: WorkbenchContext,
  callId: string,
  reason: string,
): void {
  session.approvals.deny(callId, reason.trim() === '' ? DEFAULT_REASON : reason.trim())
}

function show({ root }: WorkbenchContext, { waiting, at }: ShownApproval, by: number): void {
  const next = waiting[(at + by + waiting.length) % waiting.length]
  if (next !== undefined) root.dispatch({ type: 'approval.selected', callId: next.callId })
}

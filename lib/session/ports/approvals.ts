import { decide } from '../../permissions/decide.ts'
import { checkRule } from '../../permissions/rules/check-rule.ts'
import type { PermissionRequest } from '../../permissions/types.ts'
import type { ChangeSelection } from '../../tools/tool.ts'
import { UserError } from '../../util/user-error.ts'
import {
  APPROVED_ONCE,
  APPROVED_PARTLY,
  approvedByRule,
  invalidRule,
  LEFT_PENDING,
} from '../messages.ts'
import { policyOf } from '../policy.ts'
import type { Services } from '../services.ts'
import { agentServices, type SessionContext } from '../session-context.ts'
import { pendingApprovals, type ToolCall } from '../state.ts'

/** The user's decisions on tool calls. */
export interface ApprovalsPort {
  /** With a selection, only that part of the change is made. */
  allow(callId: string, selection?: ChangeSelection): void
  /** Saves the rule and approves this call. The rule allows every other pending call of this session that it covers. */
  allowAlways(
    callId: string,
    rule: string,
    scope: 'session' | 'local' | 'project' | 'user',
  ): Promise<void>
  deny(callId: string, reason: string): void
}

export function createApprovals(context: SessionContext): ApprovalsPort {
  const { store } = context
  return {
    allow: (callId, selection) =>
      store.dispatch({
        type: 'approval.decided',
        callId,
        allow: true,
        by: 'person',
        reason: selection === undefined ? APPROVED_ONCE : APPROVED_PARTLY,
        ...(selection === undefined ? {} : { selection }),
      }),
    allowAlways: async (callId, rule, scope) =>
      allowAlways(agentServices(context), callId, rule, scope),
    deny: (callId, reason) =>
      store.dispatch({ type: 'approval.decided', callId, allow: false, by: 'person', reason }),
  }
}

async function allowAlways(
  services: Services,
  callId: string,
  text: string,
  scope: 'session' | 'local' | 'project' | 'user',
): Promise<void> {
  const wrong = checkRule(text)
  if (wrong !== null) throw new UserError(invalidRule(text, wrong))
  if (scope !== 'session') await services.settings.addRule(scope, 'allow', text)
  const rule = { text, source: scope }
  services.store.dispatch({ type: 'rule.added', list: 'allow', rule })
  const pending = pendingApprovals(services.store.state)
  const reason = approvedByRule(text)
  if (pending.some((call) => call.callId === callId)) allow(services, callId, reason)
  for (const call of pending) {
    if (call.callId === callId || isLeftPending(call) || !(await isAllowed(services, call)))
      continue
    // The user may have decided in the meantime.
    if (isPending(services, call)) allow(services, call.callId, reason, 'rule')
  }
}

/** `by` says whether the call runs as it is written or as the rule is understood: see `settleOne`. */
function allow(
  { store }: Pick<Services, 'store'>,
  callId: string,
  reason: string,
  by: 'person' | 'rule' = 'person',
): void {
  store.dispatch({ type: 'approval.decided', callId, allow: true, by, reason })
}

/** It may have run already, which no rule can know. */
function isLeftPending({ phase }: ToolCall): boolean {
  return phase.type === 'waiting' && phase.verdict.because === LEFT_PENDING
}

function isPending({ store }: Services, { callId }: ToolCall): boolean {
  return pendingApprovals(store.state).some((call) => call.callId === callId)
}

async function isAllowed(services: Services, call: ToolCall): Promise<boolean> {
  const request = requestOf(services, call)
  return request !== null && (await decide(policyOf(services), request)).decision === 'allow'
}

function requestOf({ runner }: Services, call: ToolCall): PermissionRequest | null {
  const { callId, tool: name, args } = call
  const made = runner.prepare({ callId, turnId: '', agentId: '', name, args })
  if (!made.ok) return null
  const { tool, subject } = made.prepared
  return { tool: tool.name, access: tool.access, subject }
}

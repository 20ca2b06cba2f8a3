import { decide } from '../../permissions/decide.ts'
import { checkRule } from '../../permissions/rules/check-rule.ts'
import type { PermissionRequest } from '../../permissions/types.ts'
import { UserError } from '../../util/user-error.ts'
import { APPROVED_ONCE, approvedByRule, invalidRule } from '../messages.ts'
import { policyOf } from '../policy.ts'
import type { Services } from '../services.ts'
import { agentServices, type SessionContext } from '../session-context.ts'
import { pendingApprovals, type ToolCall } from '../state.ts'

/** The user's decisions on tool calls. */
export interface ApprovalsPort {
  allow(callId: string): void
  /** Saves the rule, then approves this call and every pending call that the rule covers. */
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
    allow: (callId) => allow(context, callId, APPROVED_ONCE),
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
  if (pending.some((call) => call.callId === callId)) allow(services, callId, approvedByRule(text))
  for (const call of pending) {
    const isCovered = call.callId !== callId && (await isAllowed(services, call))
    // The user may have decided in the meantime.
    if (isCovered && isPending(services, call)) allow(services, call.callId, approvedByRule(text))
  }
}

function allow({ store }: Pick<Services, 'store'>, callId: string, reason: string): void {
  store.dispatch({ type: 'approval.decided', callId, allow: true, by: 'person', reason })
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

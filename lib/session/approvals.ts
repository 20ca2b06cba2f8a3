import { decide } from '../permissions/decide.ts'
import { checkRule } from '../permissions/suggest.ts'
import type { PermissionRequest, Policy } from '../permissions/types.ts'
import { UserError } from '../util/user-error.ts'
import type { Services } from './services.ts'
import { pendingApprovals, type ToolCall } from './state.ts'

/** What calls are judged by now: mode and rules as the state has them, paths as the disk has them. */
export function policyOf(parts: Pick<Services, 'store' | 'ground'>): Policy {
  const { mode, rules } = parts.store.state
  return { mode, rules, ground: parts.ground }
}

/** Saves an allow rule, lets this call run, and every waiting call that the rule covers. */
export async function allowAlways(
  parts: Services,
  callId: string,
  text: string,
  scope: 'session' | 'local' | 'project' | 'user',
): Promise<void> {
  const wrong = checkRule(text)
  if (wrong !== null) throw new UserError(`"${text}" is no rule: ${wrong}`)
  if (scope !== 'session') await parts.settings.addRule(scope, 'allow', text)
  const rule = { text, source: scope }
  parts.store.dispatch({ type: 'rule.added', list: 'allow', rule })
  for (const call of pendingApprovals(parts.store.state)) {
    if (call.callId === callId || isAllowed(parts, call)) allow(parts, call.callId, `Rule ${text}`)
  }
}

export function allow(parts: Pick<Services, 'store'>, callId: string, because: string): void {
  const decided = { callId, allow: true, by: 'person', because } as const
  parts.store.dispatch({ type: 'approval.decided', ...decided })
}

function isAllowed(parts: Services, call: ToolCall): boolean {
  const request = requestOf(parts, call)
  return request !== null && decide(policyOf(parts), request).decision === 'allow'
}

function requestOf(parts: Services, call: ToolCall): PermissionRequest | null {
  const { callId, tool: name, args } = call
  const made = parts.runner.prepare({ callId, turnId: '', agentId: '', name, args })
  if (!made.ok) return null
  const { tool, subject } = made.prepared
  return { tool: tool.name, access: tool.access, subject }
}

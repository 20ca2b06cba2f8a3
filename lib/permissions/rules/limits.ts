import { limits } from '../messages.ts'
import type { PermissionMode, PermissionRules } from '../types.ts'
import { parseRule } from './rule.ts'

/**
 * What the rules and the mode cannot bind, for a person who relies on them: programs that decide on their own what they read and
 * write, and tools that a server runs.
 */
export function findLimits(rules: PermissionRules, mode: PermissionMode): readonly string[] {
  const files = [...rules.deny, ...rules.ask].map(({ text }) => text).filter(isAboutFiles)
  return [
    ...(files.length === 0 ? [] : [limits.programs([...new Set(files)])]),
    ...(files.length === 0 && mode !== 'plan' ? [] : [limits.serverTools]),
    ...(mode === 'plan' ? [limits.planMemory] : []),
  ]
}

function isAboutFiles(rule: string): boolean {
  const { tool = '', payload = null } = parseRule(rule) ?? {}
  return payload !== null && /^(Read|Write|Edit)$/.test(tool)
}

import { findDenyRule } from '../decide-path.ts'
import { parseRules } from '../rules/rule.ts'
import type { Policy } from '../types.ts'

/** Tells the files that a search must not show, because a rule forbids to read them; null when no rule does. */
export function createDeniedFileFilter({
  mode,
  rules,
  view,
}: Policy): ((file: string) => boolean) | null {
  const context = { mode, rules: parseRules(rules), view }
  if (!context.rules.deny.some(({ tool }) => tool === 'Read')) return null
  return (file) => findDenyRule(context, file, 'read') !== null
}

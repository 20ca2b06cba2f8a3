import { splitList } from '../../util/split-list.ts'
import type { PermissionRule, PermissionRules } from '../types.ts'
import { isFileTool, normalizeRule } from './rule.ts'

/** The rules of the settings files that apply, and those of the command line. */
export function joinRules(
  lists: PermissionRules,
  allowed: readonly string[],
  disallowed: readonly string[],
): PermissionRules {
  return {
    allow: [...lists.allow, ...allowed.flatMap(fromFlag)],
    deny: [...lists.deny, ...disallowed.flatMap(fromFlag)],
    ask: lists.ask,
  }
}

function fromFlag(value: string): readonly PermissionRule[] {
  return splitRuleList(value).map((text) => ({ text, source: 'flag' }))
}

/**
 * `Read,Bash(npm run a,b)` as rules: commas separate, except within parentheses; a tool's name means all its calls.
 * @internal
 */
export function splitRuleList(value: string): readonly string[] {
  return splitList(value).map((text) => toToolRule(normalizeRule(text)))
}

function toToolRule(rule: string): string {
  if (rule === 'Bash') return 'Bash(:*)'
  return isFileTool(rule) ? `${rule}(**)` : rule
}

import type { PermissionRule, PermissionRules } from '../types.ts'
import { isFileTool, normalizeRule } from './rule.ts'

/** The rules of the settings files, as far as they count, and those of the command line. */
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

/** `Read,Bash(npm run a,b)` as rules: commas separate, but not within parentheses; a bare tool means all of it. */
export function splitRuleList(value: string): readonly string[] {
  return splitAtCommas(value)
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => wholeTool(normalizeRule(text)))
}

function wholeTool(rule: string): string {
  if (rule === 'Bash') return 'Bash(:*)'
  return isFileTool(rule) ? `${rule}(**)` : rule
}

function splitAtCommas(value: string): readonly string[] {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let at = 0; at < value.length; at++) {
    const character = value[at]
    if (character === '(') depth++
    else if (character === ')') depth = Math.max(0, depth - 1)
    else if (character === ',' && depth === 0) {
      parts.push(value.slice(from, at))
      from = at + 1
    }
  }
  return [...parts, value.slice(from)]
}

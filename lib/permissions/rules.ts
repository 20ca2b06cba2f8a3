import type { Rule, Rules } from './request.ts'

/** The rules of the settings files, as far as they count, and those of the command line. */
export function joinRules(
  lists: Rules,
  allowed: readonly string[],
  disallowed: readonly string[],
): Rules {
  return {
    allow: [...lists.allow, ...allowed.flatMap(fromFlag)],
    deny: [...lists.deny, ...disallowed.flatMap(fromFlag)],
    ask: lists.ask,
  }
}

function fromFlag(value: string): readonly Rule[] {
  return splitRuleList(value).map((text) => ({ text, source: 'flag' }))
}

/** `Read,Bash(npm run a,b)`: commas separate, but not within parentheses. */
export function splitRuleList(value: string): readonly string[] {
  const rules: string[] = []
  let depth = 0
  let rule = ''
  for (const character of value) {
    if (character === '(') depth++
    if (character === ')') depth--
    if (character === ',' && depth <= 0) {
      rules.push(rule)
      rule = ''
    } else rule += character
  }
  return [...rules, rule].map((text) => text.trim()).filter((text) => text !== '')
}

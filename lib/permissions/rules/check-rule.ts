import { ruleErrors } from '../messages.ts'
import { parseCommandPattern } from './command-rule.ts'
import { isUnscoped, parseRule } from './rule.ts'

/** What is wrong with a rule's text; null when it is valid. */
export function checkRule(text: string): string | null {
  const rule = parseRule(text)
  if (rule === null || isUnscoped(text)) return ruleErrors.malformed
  const { tool, payload } = rule
  if (payload === '') return ruleErrors.emptyParentheses
  if (tool === '*' && payload !== null) return ruleErrors.parenthesesAfterStar
  const matchesNothing = tool === 'Bash' && parseCommandPattern(payload).type === 'none'
  return matchesNothing ? ruleErrors.matchesNoCommand : null
}

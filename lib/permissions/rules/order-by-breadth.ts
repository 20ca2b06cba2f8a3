import { checkRule } from './check-rule.ts'
import { parseRule } from './rule.ts'

/** The rules that are valid, those that allow most first: a reader who stops early has seen the worst. */
export function orderByBreadth(rules: readonly string[]): readonly string[] {
  const valid = rules.filter((rule) => checkRule(rule) === null)
  return valid.toSorted((one, other) => narrownessOf(one) - narrownessOf(other))
}

/** 0 for every call of a tool; more for each character that has to match. */
function narrownessOf(text: string): number {
  const { tool = '', payload = null } = parseRule(text) ?? {}
  const fixed = (payload ?? '').replace(/[:*?\s/.]/g, '').length
  return (fixed === 0 ? 0 : 1_000 + fixed) + (/^(Bash|\*)$/.test(tool) ? 0 : 500)
}

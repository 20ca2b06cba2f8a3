import { type CommandPattern, parseCommandPattern } from './rules/command-rule.ts'
import type { ParsedRule } from './rules/rule.ts'

/** A rule for command lines, with its pattern parsed. */
export interface CommandRule {
  readonly rule: ParsedRule
  readonly pattern: CommandPattern
}

/** The tools whose rules name files. */
export const FILE_FAMILIES = new Set(['Read', 'Write', 'Edit'])

export function toCommandRules(
  rules: readonly ParsedRule[],
  list?: 'allow',
): readonly CommandRule[] {
  return rules.flatMap((rule) =>
    rule.tool === 'Bash' || (rule.tool === '*' && list !== 'allow')
      ? [{ rule, pattern: parseCommandPattern(rule.payload) }]
      : [],
  )
}

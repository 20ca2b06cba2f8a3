import type { ParsedRule } from './rules/rule.ts'
import type { Verdict } from './types.ts'

export function byRule(
  decision: Verdict['decision'],
  rule: ParsedRule,
  because: string,
  part: string | null,
): Verdict {
  return { decision, rule: rule.text, source: rule.source, because, part }
}

export function allow(because: string, part: string | null = null): Verdict {
  return { decision: 'allow', rule: null, source: null, because, part }
}

export function ask(because: string, part: string | null = null): Verdict {
  return { decision: 'ask', rule: null, source: null, because, part }
}

export function deny(because: string, part: string | null = null): Verdict {
  return { decision: 'deny', rule: null, source: null, because, part }
}

/** Whether a rule was given for this run (flag or session): then its allow outranks the ask rule of a file. */
export function isFromThisRun({ source }: ParsedRule): boolean {
  return source === 'flag' || source === 'session'
}

import { foldPath } from '../fs/fold-path.ts'
import type { PolicyContext } from './decide-path.ts'
import { reasons } from './messages.ts'
import { MEMORY_TOOL, type ParsedRule } from './rules/rule.ts'
import type { Verdict } from './types.ts'
import { allow, ask, byRule, deny, isFromThisRun } from './verdicts.ts'

/** A change of memory blocks gets the strictest verdict of their labels. Without a rule it is allowed, or asked about by setting. */
export function decideMemory(context: PolicyContext, labels: readonly string[]): Verdict {
  const verdicts = labels.map((label) => decideLabel(context, label))
  return (
    verdicts.find(({ decision }) => decision === 'deny') ??
    verdicts.find(({ decision }) => decision === 'ask') ??
    verdicts[0] ??
    decideLabel(context, null)
  )
}

/** `label`: null when the call names none, so that only rules about all blocks match. */
function decideLabel({ mode, rules, reviewsMemory }: PolicyContext, label: string | null): Verdict {
  // The files of two labels that differ only in case can be one file.
  const matches = (rule: ParsedRule): boolean => coversLabel(rule, label, foldPath)
  const denied = rules.deny.find(matches)
  if (denied !== undefined) return byRule('deny', denied, reasons.deniedByRule, label)
  if (mode === 'bypassPermissions') return allow(reasons.allowedByBypassMode)
  if (mode === 'plan') return deny(reasons.memoryInPlanMode, label)
  const allowRules = rules.allow.filter((rule) => coversLabel(rule, label, asWritten))
  const asked = rules.ask.find(matches)
  if (asked !== undefined && !allowRules.some(isFromThisRun)) {
    return byRule('ask', asked, reasons.requiredByRule, label)
  }
  const [allowed] = allowRules
  if (allowed !== undefined) return byRule('allow', allowed, reasons.allowedByRule, label)
  return reviewsMemory ? ask(reasons.memoryReviewed, label) : allow(reasons.memoryAllowed, label)
}

/** `Memory`, `Memory(human)`, `Memory(project/*)`: a star stands for any text. `form`: the form in which labels are compared. */
function coversLabel(
  { tool, payload }: ParsedRule,
  label: string | null,
  form: (text: string) => string,
): boolean {
  if (tool === '*') return true
  if (tool !== MEMORY_TOOL) return false
  if (payload === null || /^\*+$/.test(payload)) return true
  return label !== null && toPattern(form(payload)).test(form(label))
}

const asWritten = (label: string): string => label

function toPattern(payload: string): RegExp {
  const parts = payload.split(/\*+/).map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's')
}

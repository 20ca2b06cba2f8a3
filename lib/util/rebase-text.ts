import { applyPatch, structuredPatch } from 'diff'

/** The change from `base` to `edited`, made to another text; null when its lines are not there as they were in `base`. */
export function rebaseText(base: string, edited: string, now: string): string | null {
  if (now === base) return edited
  const rebased = applyPatch(now, structuredPatch('', '', base, edited, '', '', { context: 3 }))
  return rebased === false ? null : rebased
}

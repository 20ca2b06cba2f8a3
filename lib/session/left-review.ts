import { reviewedPrompts } from '../prompts/index.ts'
import type { SessionState } from './state/session-state.ts'

/**
 * The message of the turn that an earlier session has left, when each change of memory in it is reviewed; null for another turn.
 * Messages that were sent while the turn ran follow a call, the one that began it does not.
 */
export function leftReview({ settled }: Pick<SessionState, 'settled'>): string | null {
  const prompts = reviewedPrompts()
  const entries = settled.filter(({ type }) => type !== 'notice')
  for (let at = entries.length - 1; at >= 0; at--) {
    const entry = entries[at]
    if (entry?.type !== 'user') continue
    if (prompts.includes(entry.text)) return entry.text
    if (entries[at - 1]?.type !== 'tool') return null
  }
  return null
}

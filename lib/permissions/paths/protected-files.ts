import { forbiddenRead } from '../decide-path.ts'
import { parseRules } from '../rules/rule.ts'
import type { Policy } from '../types.ts'

/** Tells the files that a search must not show, because a rule forbids to read them; null when no rule does. */
export function unreadable({ mode, rules, ground }: Policy): ((file: string) => boolean) | null {
  const place = { mode, rules: parseRules(rules), ground }
  if (!place.rules.deny.some(({ tool }) => tool === 'Read')) return null
  return (file) => forbiddenRead(place, file, 'read') !== null
}

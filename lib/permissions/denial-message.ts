import type { RuleSource, Verdict } from './types.ts'

const PLACES: Readonly<Record<RuleSource, string>> = {
  flag: '--disallowedTools',
  session: 'this session',
  local: '.letta/settings.local.json',
  project: '.letta/settings.json',
  user: '~/.letta/settings.json',
}

/** Why a call is denied, with the rule that forbids it and where that stands: for the agent and for a person. */
export function denialMessage({ because, rule, source }: Verdict): string {
  const reason = because || 'Unknown reason'
  if (rule === null || source === null) return reason
  return `${reason.replace(/\.$/, '')}: ${rule} (${PLACES[source]})`
}

import type { SessionState } from '../../lib/session/state.ts'
import { RESUME_HINT, timeWithApi } from '../messages/usage.ts'
import { counted, seconds, shortCount } from '../view/panes/format.ts'
import { cleanLine } from '../view/render/sanitize.ts'

/** What is printed after quitting. Null when no agent was open. */
export function exitSummary(session: SessionState, now: number): string | null {
  const { agent, totals, startedAt } = session
  if (agent === null) return null
  const { usage, turns, apiMs } = totals
  const facts = [
    counted(turns, 'turn'),
    `${shortCount(usage.promptTokens)} tokens in, ${shortCount(usage.completionTokens)} out`,
    timeWithApi(seconds(now - startedAt), seconds(apiMs)),
  ]
  return `${cleanLine(agent.name)} (${agent.id})\n${facts.join(' · ')}\n${RESUME_HINT}\n`
}

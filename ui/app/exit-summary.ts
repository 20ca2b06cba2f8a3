import type { SessionState } from '../../lib/session/state.ts'
import { seconds, shortCount } from '../view/panes/format.ts'
import { cleanLine } from '../view/render/sanitize.ts'

/** What is left on the screen after quitting: what was done, and how to go on. Null when there was no agent. */
export function exitSummary(session: SessionState, now: number): string | null {
  const { agent, totals, startedAt } = session
  if (agent === null) return null
  const { usage, turns, apiMs } = totals
  const facts = [
    `${turns} ${turns === 1 ? 'turn' : 'turns'}`,
    `${shortCount(usage.promptTokens)} tokens in, ${shortCount(usage.completionTokens)} out`,
    `${seconds(now - startedAt)}, of it ${seconds(apiMs)} waiting for answers`,
  ]
  return `${cleanLine(agent.name)} (${agent.id})\n${facts.join(' · ')}\nGo on with: letta\n`
}

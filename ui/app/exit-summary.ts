import { learnedBlocks } from '../../lib/session/state/selectors.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import { diffHunks, withFinalLineFeed } from '../../lib/util/unified-diff.ts'
import { filesChanged, memoryChanged, RESUME_HINT, timeWithApi } from '../messages/usage.ts'
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
  const learned = memoryLine(session)
  const lines = [
    `${cleanLine(agent.name)} (${agent.id})`,
    facts.join(' · '),
    ...(learned === null ? [] : [learned]),
    ...filesLine(session),
    RESUME_HINT,
  ]
  return `${lines.join('\n')}\n`
}

function filesLine({ changes }: SessionState): readonly string[] {
  const { files, added, removed } = changes.summary
  return files.length === 0 ? [] : [filesChanged(files.length, added, removed)]
}

function memoryLine(session: SessionState): string | null {
  const blocks = learnedBlocks(session)
  if (blocks.length === 0) return null
  const diffs = blocks.map(({ before, after }) =>
    diffHunks(withFinalLineFeed(before), withFinalLineFeed(after), 0),
  )
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)
  return memoryChanged(
    blocks.length,
    sum(diffs.map(({ added }) => added)),
    sum(diffs.map(({ removed }) => removed)),
  )
}

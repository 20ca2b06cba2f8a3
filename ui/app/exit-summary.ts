import { learnedBlocks, pendingApprovals } from '../../lib/session/state/selectors.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import { addDollars } from '../../lib/util/add-dollars.ts'
import { plural } from '../../lib/util/quantities.ts'
import { countLines } from '../../lib/util/unified-diff.ts'
import {
  filesChanged,
  memoryChanged,
  notRun,
  RESUME_HINT,
  timeWithApi,
  tokensInAndOut,
} from '../messages/usage.ts'
import { money, seconds, shortCount } from '../view/panes/format.ts'
import { cleanLine } from '../view/render/sanitize.ts'

/** What is printed after quitting. Null when no agent was open. `all`: the sessions of the workbench, the shown one as well. */
export function exitSummary(
  session: SessionState,
  now: number,
  all: readonly SessionState[] = [session],
): string | null {
  const { agent, startedAt } = session
  if (agent === null) return null
  const sum = (of: (totals: SessionState['totals']) => number): number =>
    all.reduce((total, { totals }) => total + of(totals), 0)
  const [tokensIn, tokensOut] = [
    sum(({ usage }) => usage.promptTokens),
    sum(({ usage }) => usage.completionTokens),
  ]
  const facts = [
    plural(
      sum(({ turns }) => turns),
      'turn',
    ),
    tokensInAndOut(shortCount(tokensIn), shortCount(tokensOut)),
    timeWithApi(seconds(now - startedAt), seconds(sum(({ apiMs }) => apiMs))),
  ]
  const dollars = all.reduce<number | null>(
    (total, { totals }) => addDollars(total, totals.usage.dollars ?? null),
    0,
  )
  const cost = dollars ? [money(dollars)] : []
  const learned = memoryLine(session)
  const lines = [
    `${cleanLine(agent.name)} (${agent.id})`,
    [...facts, ...cost].join(' · '),
    ...(learned === null ? [] : [learned]),
    ...filesLine(session),
    RESUME_HINT,
  ]
  return `${lines.join('\n')}\n`
}

/** The calls that await approval in these sessions, one a line. */
export function unansweredLines(sessions: readonly SessionState[]): readonly string[] {
  return sessions
    .flatMap(pendingApprovals)
    .map(({ tool, label }) => notRun(cleanLine(tool), cleanLine(label)))
}

function filesLine({ changes }: SessionState): readonly string[] {
  const { files, added, removed } = changes.summary
  return files.length === 0 ? [] : [filesChanged(files.length, added, removed)]
}

function memoryLine(session: SessionState): string | null {
  const blocks = learnedBlocks(session)
  if (blocks.length === 0) return null
  const diffs = blocks.map(({ before, after }) => countLines(before, after))
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)
  return memoryChanged(
    blocks.length,
    sum(diffs.map(({ added }) => added)),
    sum(diffs.map(({ removed }) => removed)),
  )
}

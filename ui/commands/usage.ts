import type { ContextWindow } from '../../lib/client/gateway/context.ts'
import { needsAgent } from '../../lib/commands/session-command.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import { PLACE } from '../../lib/session/state/surroundings.ts'
import type { TurnRecord, Usage } from '../../lib/session/state/turn.ts'
import type { DayUsage, UsagePort, UsageSum } from '../../lib/session/usage-log.ts'
import { withheldInstructions } from '../../lib/session/withheld-instructions.ts'
import {
  CHARACTERS_PER_TOKEN,
  countCodePoints,
  estimateTokens,
} from '../../lib/util/code-points.ts'
import { plural } from '../../lib/util/quantities.ts'
import {
  blockSize,
  CONTEXT_LABELS,
  COUNTED_BY_SERVER,
  dayName,
  estimatedFromLength,
  LIST_PRICES,
  NOT_SENT,
  PAGE_TITLES,
  timeWithApi,
  tokenCounts,
  tokensInUse,
  tokensSent,
  totalTokens,
  turnLabel,
  USAGE_LABELS,
} from '../messages/usage.ts'
import type { PageLine } from '../state/state.ts'
import { money, seconds, shortCount } from '../view/panes/format.ts'
import { openPage } from './open-overlay.ts'
import type { WorkbenchCommand } from './workbench-command.ts'

/** Pages of facts about the session. */
export const USAGE_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'context.show',
    unavailable: ({ session }) => needsAgent(session),
    async run(context) {
      const { session } = context.root.state
      const window = await context.session.conversations.contextWindow()
      openPage(context, PAGE_TITLES.context, contextPageLines(window, session))
    },
  },
  {
    id: 'usage.show',
    async run(context) {
      const totals = await context.session.usage.totals()
      const lines = usageLines(context.root.state.session, context.now())
      openPage(context, PAGE_TITLES.usage, [...lines, ...totalLines(totals)])
    },
  },
]

/** @internal */
export function contextPageLines(
  { parts, limit: reported, counted: isCounted }: ContextWindow,
  session: SessionState,
): readonly PageLine[] {
  const { agent, usage, memory, surroundings } = session
  const withheld = withheldInstructions(session)
  const sum = parts.reduce((total, { tokens }) => total + tokens, 0)
  const limit = reported ?? agent?.contextWindow ?? null
  const full = limit ?? sum
  const gaugeOf = (name: string, used: number): PageLine => ({
    type: 'gauge',
    name,
    used,
    limit: full,
    value: `${shortCount(used)}${percent(used, full)}`,
  })
  const measured = usage.contextTokens
  const all = isCounted ? sum : (measured ?? sum)
  const left = Math.max(0, (limit ?? 0) - all)
  const free: PageLine = {
    type: 'fact',
    name: CONTEXT_LABELS.free,
    value: `${shortCount(left)}${percent(left, full)}`,
  }
  const shownLimit = limit === null ? null : shortCount(limit)
  return [
    { type: 'heading', text: tokensInUse(shortCount(all), shownLimit) },
    { type: 'text', text: '' },
    ...parts.map(({ name, tokens }) => gaugeOf(name, tokens)),
    gaugeOf(CONTEXT_LABELS.total, all),
    ...(limit === null ? [] : [free]),
    { type: 'text', text: '' },
    { type: 'heading', text: CONTEXT_LABELS.blocks },
    ...memory.map(({ block }): PageLine => {
      const { value: text, limit: most } = block
      const used = countCodePoints(text)
      const value = blockSize(shortCount(estimateTokens(text)), shortCount(used), shortCount(most))
      return {
        type: 'gauge',
        name: block.label,
        used,
        limit: block.limit,
        value,
      }
    }),
    ...(surroundings.length + withheld.length === 0
      ? []
      : [
          { type: 'text' as const, text: '' },
          { type: 'heading' as const, text: CONTEXT_LABELS.surroundings },
          ...surroundings.map(({ name, characters }) => ({
            type: 'fact' as const,
            name: name === PLACE ? CONTEXT_LABELS.place : name,
            value: tokensSent(shortCount(Math.ceil(characters / CHARACTERS_PER_TOKEN))),
          })),
          ...withheld.map((name) => ({ type: 'fact' as const, name, value: NOT_SENT })),
        ]),
    { type: 'text', text: '' },
    { type: 'text', text: isCounted ? COUNTED_BY_SERVER : estimatedFromLength(measured !== null) },
  ]
}

function percent(part: number, sum: number): string {
  if (sum <= 0) return ''
  const share = Math.round((part / sum) * 100)
  return share === 0 && part > 0 ? ', <1 %' : `, ${share} %`
}

/** A bar for each day, of its tokens. */
function chart(days: readonly DayUsage[]): readonly PageLine[] {
  const tokensOf = (day: UsageSum): number => day.promptTokens + day.completionTokens
  const most = Math.max(1, ...days.map(tokensOf))
  return days.map((day) => ({
    type: 'gauge',
    name: dayName(day.at),
    used: tokensOf(day),
    limit: most,
    isScale: true,
    value: tokensOf(day) === 0 ? '' : withCost(day, shortCount(tokensOf(day))),
  }))
}

/** That a cost is unknown is stated once, at the top. */
function withCost({ dollars }: UsageSum, tokens: string): string {
  return dollars === null ? tokens : `${tokens} · ${money(dollars)}`
}

function totalLines({
  conversation,
  today,
  week,
  days,
}: Awaited<ReturnType<UsagePort['totals']>>): readonly PageLine[] {
  const fact = (name: string, sum: UsageSum): PageLine => {
    const { turns, promptTokens, cachedTokens, completionTokens } = sum
    const tokens = totalTokens({
      turns,
      input: shortCount(promptTokens),
      cached: cachedTokens === 0 ? null : `${Math.round((cachedTokens / promptTokens) * 100)} %`,
      output: shortCount(completionTokens),
    })
    return { type: 'fact', name, value: withCost(sum, tokens) }
  }
  return [
    { type: 'text', text: '' },
    { type: 'heading', text: USAGE_LABELS.all },
    fact(USAGE_LABELS.conversation, conversation),
    fact(USAGE_LABELS.today, today),
    fact(USAGE_LABELS.week, week),
    { type: 'text', text: '' },
    { type: 'heading', text: USAGE_LABELS.days },
    ...chart(days),
    { type: 'text', text: '' },
    { type: 'text', text: LIST_PRICES },
  ]
}

/** @internal */
export function usageLines(session: SessionState, now: number): readonly PageLine[] {
  const { totals, startedAt, agent } = session
  // One that only followed another session has used nothing.
  const turnLog = session.turnLog.filter(({ usage, apiMs }) => usage.steps > 0 || apiMs > 0)
  const lines: PageLine[] = [
    {
      type: 'fact',
      name: USAGE_LABELS.agent,
      value: agent === null ? USAGE_LABELS.none : `${agent.name} (${agent.id})`,
    },
    { type: 'fact', name: USAGE_LABELS.model, value: agent?.model ?? USAGE_LABELS.none },
    { type: 'fact', name: USAGE_LABELS.time, value: formatTimes(now - startedAt, totals.apiMs) },
    { type: 'fact', name: USAGE_LABELS.turns, value: String(totals.turns) },
    { type: 'fact', name: USAGE_LABELS.tokens, value: formatTokens(totals.usage) },
    { type: 'fact', name: USAGE_LABELS.cost, value: money(totals.usage.dollars ?? null) },
  ]
  if (turnLog.length === 0) return lines
  const turns = turnLog.map((turn, index) => turnLine(turn, index + 1)).reverse()
  return [
    ...lines,
    { type: 'text', text: '' },
    { type: 'heading', text: USAGE_LABELS.byTurn },
    ...turns,
  ]
}

function turnLine({ usage, tookMs, apiMs }: TurnRecord, number: number): PageLine {
  return {
    type: 'fact',
    name: turnLabel(number),
    value: `${formatTokens(usage)} · ${formatTimes(tookMs, apiMs)}`,
  }
}

function formatTokens({
  promptTokens,
  cachedTokens,
  completionTokens,
  reasoningTokens,
  steps,
}: Usage): string {
  return tokenCounts({
    input: shortCount(promptTokens),
    cached: cachedTokens > 0 ? shortCount(cachedTokens) : null,
    output: shortCount(completionTokens),
    reasoning: reasoningTokens > 0 ? shortCount(reasoningTokens) : null,
    calls: plural(steps, 'model call'),
  })
}

function formatTimes(wallMs: number, apiMs: number): string {
  return timeWithApi(seconds(wallMs), seconds(apiMs))
}

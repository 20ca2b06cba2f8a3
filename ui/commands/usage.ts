import type { ContextWindow } from '../../lib/client/gateway/context.ts'
import { needsAgent } from '../../lib/commands/session-command.ts'
import type { SessionState, TurnRecord, Usage } from '../../lib/session/state.ts'
import type { PageLine } from '../state/state.ts'
import { counted, seconds, shortCount } from '../view/panes/format.ts'
import { openPage } from './open-overlay.ts'
import type { WorkbenchCommand } from './workbench-command.ts'

/** Pages of facts about the session. */
export const USAGE_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'context.show',
    title: 'Show what fills the context window',
    slash: 'context',
    unavailable: ({ session }) => needsAgent(session),
    async run(context) {
      const { session } = context.root.state
      const window = await context.session.conversations.contextWindow()
      openPage(context, 'Context window', contextLines(window, session))
    },
  },
  {
    id: 'usage.show',
    title: 'Show the tokens of this session, turn by turn',
    slash: 'usage',
    run(context) {
      openPage(context, 'Usage', usageLines(context.root.state.session, context.now()))
    },
  },
]

export function contextLines(
  { parts, limit: told, counted: isCounted }: ContextWindow,
  { agent, usage, memory }: SessionState,
): readonly PageLine[] {
  const sum = parts.reduce((total, { tokens }) => total + tokens, 0)
  const limit = told ?? agent?.contextWindow ?? null
  const most = limit ?? sum
  const gaugeOf = (name: string, used: number): PageLine => ({
    type: 'gauge',
    name,
    used,
    limit: most,
    value: `${shortCount(used)}${percent(used, most)}`,
  })
  const measured = usage.contextTokens
  const all = isCounted ? sum : (measured ?? sum)
  const left = Math.max(0, (limit ?? 0) - all)
  const free: PageLine = {
    type: 'fact',
    name: 'free',
    value: `${shortCount(left)}${percent(left, most)}`,
  }
  const whole = limit === null ? '' : ` of ${shortCount(limit)}`
  return [
    { type: 'heading', text: `${shortCount(all)}${whole} tokens` },
    { type: 'text', text: '' },
    ...parts.map(({ name, tokens }) => gaugeOf(name, tokens)),
    gaugeOf('in all', all),
    ...(limit === null ? [] : [free]),
    { type: 'text', text: '' },
    { type: 'heading', text: 'Memory blocks' },
    ...memory.map(({ block }): PageLine => {
      const value = `${shortCount(block.value.length)} of ${shortCount(block.limit)} characters`
      return {
        type: 'gauge',
        name: block.label,
        used: block.value.length,
        limit: block.limit,
        value,
      }
    }),
    { type: 'text', text: '' },
    { type: 'text', text: isCounted ? 'Counted by the server.' : estimateNote(measured) },
  ]
}

function estimateNote(measured: number | null): string {
  const parts = 'The server does not count the parts: they are reckoned from their length'
  return measured === null ? `${parts}.` : `${parts}; the sum is what the last step took.`
}

function percent(part: number, whole: number): string {
  return whole > 0 ? `, ${Math.round((part / whole) * 100)} %` : ''
}

export function usageLines(session: SessionState, now: number): readonly PageLine[] {
  const { totals, turnLog, startedAt, agent } = session
  const lines: PageLine[] = [
    { type: 'fact', name: 'agent', value: agent === null ? 'none' : `${agent.name} (${agent.id})` },
    { type: 'fact', name: 'model', value: agent?.model ?? 'none' },
    { type: 'fact', name: 'time', value: formatTimes(now - startedAt, totals.apiMs) },
    { type: 'fact', name: 'turns', value: String(totals.turns) },
    { type: 'fact', name: 'tokens', value: formatTokens(totals.usage) },
  ]
  if (turnLog.length === 0) return lines
  const turns = turnLog.map((turn, index) => turnLine(turn, index + 1)).reverse()
  return [...lines, { type: 'text', text: '' }, { type: 'heading', text: 'Turn by turn' }, ...turns]
}

function turnLine({ usage, tookMs, apiMs }: TurnRecord, number: number): PageLine {
  return {
    type: 'fact',
    name: `turn ${number}`,
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
  const cached = cachedTokens > 0 ? ` (${shortCount(cachedTokens)} cached)` : ''
  const thought = reasoningTokens > 0 ? ` (${shortCount(reasoningTokens)} reasoning)` : ''
  const calls = counted(steps, 'model call')
  return `${shortCount(promptTokens)} in${cached}, ${shortCount(completionTokens)} out${thought}, ${calls}`
}

function formatTimes(wallMs: number, apiMs: number): string {
  return `${seconds(wallMs)}, of it ${seconds(apiMs)} waiting for answers`
}

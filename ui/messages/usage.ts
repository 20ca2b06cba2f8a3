import { localTime } from '../../lib/util/local-time.ts'
import { changedLines, plural } from '../../lib/util/quantities.ts'

/** The pages about tokens, and what is printed at the end. */

export const PAGE_TITLES = { context: 'Context window', usage: 'Usage' } as const

// Context window

export function tokensInUse(used: string, limit: string | null): string {
  return limit === null ? `${used} tokens` : `${used} of ${limit} tokens`
}

export const CONTEXT_LABELS = {
  total: 'total',
  free: 'free',
  blocks: 'Memory blocks',
  surroundings: 'Sent with messages of this conversation',
  place: 'directory, system, date, git',
} as const

export function tokensSent(count: string): string {
  return `${count} tokens`
}

export const NOT_SENT = 'not sent: the directory is not trusted (/trust)'

export function blockSize(tokens: string, used: string, limit: string): string {
  return `${tokens} tokens, ${used} of ${limit} characters`
}

export const COUNTED_BY_SERVER = 'Counted by the server.'

const ESTIMATED = 'The server does not count the parts: they are estimated from their length'

/** `isMeasured`: the total was reported with the last model call. */
export function estimatedFromLength(isMeasured: boolean): string {
  return isMeasured ? `${ESTIMATED}; the total is that of the last model call.` : `${ESTIMATED}.`
}

// Token usage

export const USAGE_LABELS = {
  agent: 'agent',
  model: 'model',
  none: 'none',
  time: 'time',
  turns: 'turns',
  tokens: 'tokens',
  cost: 'cost',
  byTurn: 'By turn',
  all: 'With earlier sessions',
  conversation: 'conversation',
  today: 'today',
  week: '7 days',
  days: 'Tokens by day',
} as const

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** `Mon 30` */
export function dayName(at: number): string {
  const { date, day } = localTime(at)
  return `${WEEKDAYS.find((name) => day.startsWith(name)) ?? ''} ${date}`
}

export const LIST_PRICES =
  'Costs are estimates by the list prices of the providers; "unknown" where a price is not listed.'

export function totalTokens({
  turns,
  input,
  cached,
  output,
}: {
  readonly turns: number
  readonly input: string
  /** The share of the input that was cached. */
  readonly cached: string | null
  readonly output: string
}): string {
  return `${plural(turns, 'turn')}, ${input} in${cached === null ? '' : ` (${cached} cached)`}, ${output} out`
}

export function turnLabel(number: number): string {
  return `turn ${number}`
}

export function tokenCounts({
  input,
  cached,
  output,
  reasoning,
  calls,
}: {
  readonly input: string
  readonly cached: string | null
  readonly output: string
  readonly reasoning: string | null
  readonly calls: string
}): string {
  const ofInput = cached === null ? '' : ` (${cached} cached)`
  const ofOutput = reasoning === null ? '' : ` (${reasoning} reasoning)`
  return `${input} in${ofInput}, ${output} out${ofOutput}, ${calls}`
}

export function timeWithApi(time: string, apiTime: string): string {
  return `${time} (API ${apiTime})`
}

// At the end

/** A call that awaited approval when the person quit. */
export const notRun = (tool: string, label: string): string =>
  `Not run, since you quit before you approved it: ${tool} ${label}`

export const RESUME_HINT = 'Resume with: letta'

/** At the end of a session. */
export function memoryChanged(blocks: number, added: number, removed: number): string {
  return `memory: ${plural(blocks, 'block')} changed (${changedLines({ added, removed })}): letta memory diff --session`
}

export function filesChanged(files: number, added: number, removed: number): string {
  return `${plural(files, 'file')} changed (${changedLines({ added, removed })}): letta changes`
}

export const tokensInAndOut = (input: string, output: string): string =>
  `${input} tokens in, ${output} out`

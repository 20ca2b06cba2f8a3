import type { MessageRecord } from '../records.ts'
import { COMPACTION_THRESHOLD, estimateMessageTokens, estimateTextTokens } from './context-size.ts'

interface Eviction {
  readonly mode: 'all' | 'sliding_window'
  /** The share of the messages to remove, from 0 to 1; more are removed when the rest would still be too large. */
  readonly share: number
  /** The number of tokens that may remain. */
  readonly room: number
  /** Actual tokens per estimated token. */
  readonly scale: number
  /** A person asks for it: the newest turn stays complete also when it alone is too large. */
  readonly isRequested: boolean
}

/**
 * How many messages are removed, starting with the oldest; 0 when that would not help. The rest begins with an answer of
 * the model, so that no call is separated from its result, or with the message of the newest turn, which stays complete if it
 * fits. What came after the last answer always stays.
 */
export function countEvicted(records: readonly MessageRecord[], eviction: Eviction): number {
  const { mode, share, room, scale, isRequested } = eviction
  if (mode === 'all')
    return zeroIfUseless(isPending(records.at(-1)) ? records.length - 1 : records.length)
  const answers = records.flatMap(({ body }, index) => (body.role === 'assistant' ? [index] : []))
  const lastAnswer = answers.at(-1) ?? 0
  const turn = records.findLastIndex(({ body }, at) => body.role === 'user' && at < lastAnswer)
  const starts = [...answers, ...(turn < 0 ? [] : [turn])].sort((one, other) => one - other)
  // Counted as if the system prompt were the first message.
  const first = Math.round(share * (records.length + 1)) - 1
  const possible = starts.filter((index) => index >= first && zeroIfUseless(index) > 0)
  const fits = (index: number): boolean =>
    records.slice(index).reduce((sum, { body }) => sum + estimateMessageTokens(body), 0) * scale <=
    room
  const complete = possible.filter((index) => index <= turn)
  const found = complete.find(fits) ?? (isRequested ? complete.at(-1) : possible.find(fits))
  return found ?? possible.at(-1) ?? zeroIfUseless(lastAnswer)
}

/** A summary is a message too, so replacing a single one gains nothing. */
function zeroIfUseless(count: number): number {
  return count > 1 ? count : 0
}

function isPending(record: MessageRecord | undefined): boolean {
  if (record?.body.role !== 'assistant' || record.body.partial) return false
  return record.body.calls.some((call) => call.runs === 'client')
}

/** The share of the context window that remains in use, low enough that messages are removed rarely. */
const EVICTION_TARGET = 0.6

/**
 * Without a summary: the position of the first message to keep, at the start of a turn; null when all fit. The newest
 * turn always stays.
 */
export function findFirstThatFits(
  records: readonly MessageRecord[],
  system: string,
  contextWindow: number,
): number | null {
  const sizes = records.map((record) => estimateMessageTokens(record.body))
  const all = estimateTextTokens(system) + sizes.reduce((sum, size) => sum + size, 0)
  if (all <= contextWindow * COMPACTION_THRESHOLD) return null
  const room = contextWindow * EVICTION_TARGET - estimateTextTokens(system)
  let used = 0
  let border: number | null = null
  for (let index = records.length - 1; index >= 0; index--) {
    used += sizes[index] ?? 0
    if (used > room && border !== null) return border
    const record = records[index]
    if (record?.body.role === 'user') border = record.position
  }
  return border
}

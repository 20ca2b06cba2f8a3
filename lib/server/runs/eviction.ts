import type { MessageRecord } from '../records.ts'
import { COMPACTION_THRESHOLD, estimateTextTokens, estimateTokens } from './context-size.ts'

export interface Eviction {
  readonly mode: 'all' | 'sliding_window'
  /** The part of the messages to evict first; more when the rest would still be too large. */
  readonly share: number
  /** Tokens that the rest may have. */
  readonly room: number
  /** True tokens of one that is estimated. */
  readonly scale: number
}

/**
 * How many of the messages leave, from the oldest on; 0 when it would be of no use. What stays begins with an answer
 * of the model, so that no call is parted from its result, and what came after the last answer stays always.
 */
export function countEvicted(records: readonly MessageRecord[], eviction: Eviction): number {
  const { mode, share, room, scale } = eviction
  if (mode === 'all')
    return zeroIfUseless(isPending(records.at(-1)) ? records.length - 1 : records.length)
  const starts = records.flatMap(({ body }, index) => (body.role === 'assistant' ? [index] : []))
  // As if the system prompt were the first of them.
  const first = Math.round(share * (records.length + 1)) - 1
  const possible = starts.filter((index) => index >= first && zeroIfUseless(index) > 0)
  const fits = (index: number): boolean =>
    records.slice(index).reduce((sum, { body }) => sum + estimateTokens(body), 0) * scale <= room
  return possible.find(fits) ?? possible.at(-1) ?? zeroIfUseless(starts.at(-1) ?? 0)
}

/** The summary takes the place of one. */
function zeroIfUseless(count: number): number {
  return count > 1 ? count : 0
}

function isPending(record: MessageRecord | undefined): boolean {
  if (record?.body.role !== 'assistant' || record.body.partial) return false
  return record.body.calls.some((call) => call.runs === 'client')
}

/** Down to where dropping goes, so that it is seldom. */
const EVICTION_TARGET = 0.6

/**
 * Without a summary: the position of the first message to keep, at a turn's border; null when all fit. The newest
 * turn always stays.
 */
export function findFirstThatFits(
  records: readonly MessageRecord[],
  system: string,
  contextWindow: number,
): number | null {
  const sizes = records.map((record) => estimateTokens(record.body))
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

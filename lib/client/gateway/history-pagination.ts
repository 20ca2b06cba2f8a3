import type { Entry } from '../../session/state/entry.ts'
import { entriesOf, isSummary } from './history.ts'

/** A page of the stored conversation, oldest first, and a function that loads the previous page. */
export interface HistoryPage {
  readonly entries: readonly Entry[]
  /** Null when there is nothing older to show. */
  readonly earlier: (() => Promise<HistoryPage>) | null
}

interface PagedMessage {
  readonly id: string
}

interface WaitingMessage {
  readonly callId: string
}

interface HistorySource {
  readonly agent: {
    /** Ids of the messages that the agent sees; null when the server does not say. */
    readonly inContext: readonly string[] | null
    readonly pending: readonly WaitingMessage[]
  }
  /** Messages per request. */
  readonly limit: number
  /** The newest messages before this one, oldest first. */
  read(before: string | null): Promise<readonly PagedMessage[]>
}

/** The newest page. */
export function newestPage(source: HistorySource): Promise<HistoryPage> {
  return pageBefore(source, { oldest: null, messages: [], isCompacted: false })
}

/** The messages shown already: a result among them may belong to a call on the previous page. */
interface Known {
  readonly oldest: string | null
  readonly messages: readonly PagedMessage[]
  readonly isCompacted: boolean
}

async function pageBefore(source: HistorySource, known: Known): Promise<HistoryPage> {
  const { agent, limit } = source
  const items = await source.read(known.oldest)
  const inContext = agent.inContext === null ? null : new Set(agent.inContext)
  const isSeen = ({ id }: PagedMessage): boolean => inContext === null || inContext.has(id)
  const isCompacted = known.isCompacted || items.some((item) => isSeen(item) && isSummary(item))
  // A Letta server still stores the messages that a reset removed from the context; they are not shown. Summarized ones are.
  const visible = isCompacted ? items : items.filter(isSeen)
  const messages = [...visible, ...known.messages]
  const oldest = items[0]?.id ?? null
  const isLast = oldest === null || items.length < limit || visible.length === 0
  return {
    entries: entriesBefore(messages, known.messages).filter((one) => !waits(one, agent.pending)),
    earlier: isLast ? null : () => pageBefore(source, { oldest, messages, isCompacted }),
  }
}

function entriesBefore(
  messages: readonly PagedMessage[],
  known: readonly PagedMessage[],
): readonly Entry[] {
  const shown = entriesOf(known)
  const taken = new Set(shown.map(({ id }) => id))
  const all = entriesOf(messages)
  // Some providers number their calls from the start in each response, so ids can repeat.
  return all
    .slice(0, all.length - shown.length)
    .map((entry) => (taken.has(entry.id) ? { ...entry, id: `${entry.id}~before` } : entry))
}

/** A pending call is resolved in a separate turn, which shows it. */
function waits(entry: Entry, pending: readonly WaitingMessage[]): boolean {
  if (entry.type !== 'tool' || entry.call.phase.type !== 'dropped') return false
  return pending.some(({ callId }) => callId === entry.call.callId)
}

import type { ConversationListing } from '../client/gateway/conversations.ts'
import type { GatewayThreads } from '../client/gateway/threads.ts'
import { threadOf } from '../util/thread.ts'
import { ignoreUserError } from '../util/user-error.ts'
import { conversationTitle } from './conversation-title.ts'
import { rowKey } from './state/conversation-row.ts'

type ReadsMessages = Pick<GatewayThreads, 'firstMessage'>
type ListedRow = Pick<ConversationListing, 'id' | 'agentId' | 'title' | 'lastMessageAt'>

/** Conversations of other clients, and those of imported agents, may have no title. At most this number is read for a list. */
const MAX_READ = 20
const MAX_REMEMBERED = 1000

/** What the first message of a conversation was when its last one was of this time. */
interface ReadTitle {
  readonly lastMessageAt: number | null
  readonly title: string | null
}

/** By the keys of rows, the longest known first. The list is loaded whenever a turn ends, so that each is read once. */
const titlesOf = new WeakMap<ReadsMessages, Map<string, ReadTitle>>()

/** By the keys of their rows, the titles that the first messages of the newest conversations without one make. */
export async function firstMessageTitles(
  threads: ReadsMessages,
  rows: readonly ListedRow[],
): Promise<ReadonlyMap<string, string>> {
  const known = titlesOf.get(threads) ?? new Map<string, ReadTitle>()
  titlesOf.set(threads, known)
  const untitled = rows.filter(
    ({ title, lastMessageAt }) => title === null && lastMessageAt !== null,
  )
  const isKnown = (row: ListedRow): boolean =>
    known.get(rowKey(row))?.lastMessageAt === row.lastMessageAt
  const unread = untitled
    .filter((row) => !isKnown(row))
    .sort((one, other) => (other.lastMessageAt ?? 0) - (one.lastMessageAt ?? 0))
  await Promise.all(unread.slice(0, MAX_READ).map((row) => readTitle(threads, row, known)))
  return new Map(
    untitled.flatMap((row) => {
      const title = known.get(rowKey(row))?.title ?? null
      return title === null ? [] : [[rowKey(row), title]]
    }),
  )
}

async function readTitle(
  threads: ReadsMessages,
  row: ListedRow,
  known: Map<string, ReadTitle>,
): Promise<void> {
  const { lastMessageAt } = row
  // It may have been deleted since, or be read at the next list.
  const message = await threads
    .firstMessage(threadOf(row))
    .catch((thrown: unknown) => ignoreUserError(thrown) ?? undefined)
  if (message === undefined) return
  const [oldest] = known.keys()
  if (oldest !== undefined && known.size >= MAX_REMEMBERED && !known.has(rowKey(row)))
    known.delete(oldest)
  known.set(rowKey(row), { lastMessageAt, title: conversationTitle(message ?? '') })
}

import type { Letta } from '@letta-ai/letta-client'
import * as z from 'zod'
import { isRecord } from '../../util/is-record.ts'
import { DEFAULT_CONVERSATION, type Thread } from '../../util/thread.ts'
import { messageOf } from '../../util/user-error.ts'
import { isStatus } from '../errors.ts'
import { text } from '../stream/decode.ts'
import { messagePageAnswer } from './answers.ts'
import { type PendingCall, pendingCallsOf } from './pending-calls.ts'
import { nullIfMissing, type Requests } from './requests.ts'

/** A conversation as the server lists it. Times are milliseconds since 1970. */
export interface ConversationListing {
  readonly id: string
  readonly agentId: string
  readonly title: string | null
  readonly createdAt: number | null
  /** Null for one to which nothing was sent. */
  readonly lastMessageAt: number | null
  readonly isArchived: boolean
}

/** A history with what is needed to continue it. */
export interface ThreadDetails extends Thread {
  /** Ids of the messages that the agent sees; null when the server does not say. */
  readonly inContext: readonly string[] | null
  readonly pending: readonly PendingCall[]
  /** Of the first conversation of an agent, which has no listing. */
  readonly title?: string | null
}

export interface ConversationChange {
  readonly title?: string
  readonly isArchived?: boolean
}

/** The conversations of agents. Servers without these routes answer with null where this says so. */
export interface GatewayConversations {
  /** The newest first, those of all agents when none is given; null when the server has no conversations. */
  list(agentId: string | null): Promise<readonly ConversationListing[] | null>
  /** Null when it does not exist. */
  retrieve(id: string): Promise<ConversationListing | null>
  /** Null when the server has no conversations. */
  create(agentId: string): Promise<ConversationListing | null>
  /** The conversation afterwards: a server ignores what it does not support. */
  update(id: string, change: ConversationChange): Promise<ConversationListing>
  /** A copy of what the agent sees, up to and including one message. Null when the server has no conversations. */
  fork(thread: Thread, options: ForkOptions): Promise<ConversationListing | null>
  delete(id: string): Promise<void>
}

export interface ForkOptions {
  /** The last message of the copy; the complete history when null. */
  readonly through: string | null
  /** Left out of lists. */
  readonly isHidden?: boolean
}

export function gatewayConversations(
  client: Letta,
  { call }: Pick<Requests, 'call'>,
): GatewayConversations {
  return {
    async list(agentId) {
      const found: ConversationListing[] = []
      for (let after: string | null = null; found.length < MAX_LISTED; ) {
        const query: Parameters<Letta['conversations']['list']>[0] = {
          limit: CONVERSATIONS_PER_PAGE,
          archive_status: 'all',
          ...(agentId === null ? {} : { agent_id: agentId }),
          ...(after === null ? {} : { after }),
        }
        const page: Conversations | null = await call(
          ifSupported(client.conversations.list(query)),
          z.array(conversationAnswer).nullable(),
        )
        if (page === null) return null
        const known = new Set(found.map(({ id }) => id))
        const fresh: readonly ConversationListing[] = page
          .map(listingOf)
          .filter(({ id }) => !known.has(id))
        found.push(...fresh)
        if (page.length < CONVERSATIONS_PER_PAGE || fresh.length === 0) break
        after = page.at(-1)?.id ?? null
      }
      return found.sort((one, other) => timeOf(other) - timeOf(one))
    },
    async retrieve(id) {
      const found = await call(
        nullIfMissing(client.conversations.retrieve(id)),
        conversationAnswer.nullable(),
      )
      return found === null ? null : listingOf(found)
    },
    async create(agentId) {
      const work = ifSupported(client.conversations.create({ agent_id: agentId }))
      const made = await call(work, conversationAnswer.nullable())
      return made === null ? null : listingOf(made)
    },
    async update(id, { title, isArchived }) {
      const body = {
        ...(title === undefined ? {} : { summary: title }),
        ...(isArchived === undefined ? {} : { archived: isArchived }),
      }
      return listingOf(await call(client.conversations.update(id, body), conversationAnswer))
    },
    async fork({ agentId, conversationId }, { through, isHidden = false }) {
      const query = {
        ...(conversationId === DEFAULT_CONVERSATION ? { agent_id: agentId } : {}),
        ...(through === null ? {} : { message_id: through }),
        ...(isHidden ? { hidden: true } : {}),
      }
      const work = ifSupported(client.conversations.fork(conversationId, query), isRouteMissing)
      const made = await call(work, conversationAnswer.nullable())
      return made === null ? null : listingOf(made)
    },
    delete: async (id) => void (await call(client.conversations.delete(id))),
  }
}

function ifSupported<Value>(
  work: Promise<Value>,
  isMissing: (thrown: unknown) => boolean = (thrown) => isStatus(thrown, 404, 405, 501),
): Promise<Value | null> {
  return work.catch((thrown: unknown) => {
    if (isMissing(thrown)) return null
    throw thrown
  })
}

/** Other errors of the same status name what does not exist. */
function isRouteMissing(thrown: unknown): boolean {
  return (
    isStatus(thrown, 405, 501) || (isStatus(thrown, 404) && /"Not Found"/.test(messageOf(thrown)))
  )
}

/** Most recently used first. */
function timeOf({ lastMessageAt, createdAt }: ConversationListing): number {
  return lastMessageAt ?? createdAt ?? 0
}

const CONVERSATIONS_PER_PAGE = 200
/** More than one person has; bounds the requests when a server repeats its pages. */
const MAX_LISTED = 5000

// Only checked, never copied.
const conversationAnswer = z.object({
  id: z.string().min(1),
  agent_id: z.string().min(1),
  summary: z.string().nullish(),
  created_at: z.string().nullish(),
  last_message_at: z.string().nullish(),
  archived: z.boolean().nullish(),
})

type Conversations = Awaited<ReturnType<Letta['conversations']['list']>>
type ServerConversation = Conversations[number]

function listingOf(one: ServerConversation): ConversationListing {
  return {
    id: one.id,
    agentId: one.agent_id,
    title: one.summary || null,
    createdAt: millisecondsOf(one.created_at),
    lastMessageAt: millisecondsOf(one.last_message_at),
    isArchived: one.archived ?? false,
  }
}

function millisecondsOf(time: string | null | undefined): number | null {
  const at = Date.parse(time ?? '')
  return Number.isNaN(at) ? null : at
}

interface PageQuery {
  readonly limit: number
  readonly before: string | null
}

/** The first stored messages of a conversation, oldest first. */
export async function oldestMessages(
  client: Letta,
  { agentId, conversationId }: Thread,
  limit: number,
): Promise<readonly { readonly id: string }[]> {
  const query = { limit, order: 'asc' as const }
  const isDefault = conversationId === DEFAULT_CONVERSATION
  const page = isDefault
    ? await client.agents.messages.list(agentId, {
        ...query,
        conversation_id: DEFAULT_CONVERSATION,
      })
    : await client.conversations.messages.list(conversationId, query)
  messagePageAnswer.parse(page)
  return page.items
}

/** The newest stored messages of a history before one of them, oldest first. */
export async function listThread(
  client: Letta,
  { agentId, conversationId }: Thread,
  { limit, before }: PageQuery,
): Promise<readonly { readonly id: string }[]> {
  const query = { limit, order: 'desc' as const, ...(before === null ? {} : { before }) }
  if (conversationId === DEFAULT_CONVERSATION) {
    const page = await client.agents.messages.list(agentId, {
      ...query,
      conversation_id: DEFAULT_CONVERSATION,
    })
    messagePageAnswer.parse(page)
    return page.items
  }
  const page = await client.conversations.messages.list(conversationId, query)
  messagePageAnswer.parse(page)
  return page.items.toReversed()
}

/** What is needed to continue a conversation; null when it does not exist. */
export async function conversationDetails(
  client: Letta,
  thread: Thread,
): Promise<ThreadDetails | null> {
  const { in_context_message_ids } = await client.conversations.retrieve(thread.conversationId)
  const newest: unknown = (await listThread(client, thread, { limit: 1, before: null })).at(-1)
  const isPending = isRecord(newest) && newest['message_type'] === 'approval_request_message'
  const inContext = in_context_message_ids ?? null
  return { ...thread, inContext, pending: isPending ? pendingCallsOf(newest) : [] }
}

/** Where a message is in its history: its own id, and that of the message before it. */
export interface MessagePlace {
  readonly id: string
  /** Null for the first one. */
  readonly previous: string | null
}

/**
 * Finds a message by the id of its entry: the `otid` that its client gave it, or its own id. Reads pages from the newest to the
 * oldest; null when it is not stored.
 */
export async function findMessage(
  read: (before: string | null) => Promise<readonly { readonly id: string }[]>,
  entryId: string,
): Promise<MessagePlace | null> {
  let found: string | null = null
  let before: string | null = null
  for (let pages = 0; pages < MAX_SEARCHED_PAGES; pages++) {
    const items = await read(before)
    for (const item of items.toReversed()) {
      // One stored message can be several items.
      if (found !== null && item.id !== found) return { id: found, previous: item.id }
      if (item.id === entryId || text(Object(item).otid) === entryId) found = item.id
    }
    const oldest = items[0]?.id ?? null
    if (oldest === null || oldest === before) break
    before = oldest
  }
  return found === null ? null : { id: found, previous: null }
}

const MAX_SEARCHED_PAGES = 1000

import { collectMessages } from '../client/gateway/stored-messages.ts'
import { UserError } from '../util/user-error.ts'
import { listAllConversations } from './conversation-list.ts'
import { type SessionContext, serverServices } from './session-context.ts'
import type { FoundMessage } from './state/conversation.ts'
import type { ConversationRow } from './state/conversation-row.ts'

/** A message with the names of where it is. `at`: milliseconds since 1970; null when unknown. */
export interface MessageResult extends FoundMessage {
  readonly agentName: string
  readonly title: string | null
  /** It is not in the list of conversations. */
  readonly isArchived: boolean
  readonly at: number | null
}

const MAX_RESULTS = 50
/** Of a server without a search, this many conversations are read, the most recently used first. */
const MAX_CONVERSATIONS = 40
/** Pages of 100 messages read of each of them, the newest first. */
const MAX_PAGES = 5

/** The newest messages of users and agents that contain the text, in the conversations of all agents. */
export async function searchAllMessages(
  context: SessionContext,
  query: string,
): Promise<readonly MessageResult[]> {
  const { gateway } = await serverServices(context)
  const rows = await listAllConversations(context)
  const found =
    (await gateway.threads.searchMessages(query, MAX_RESULTS)) ??
    (await readAll(context, rows, query))
  const isListed = ({ agentId, conversationId }: FoundMessage): boolean =>
    rows.some((row) => row.agentId === agentId && row.id === conversationId)
  const unlisted = found.every(isListed) ? null : await gateway.conversations.list(null)
  const named = found.map(({ at, ...message }): MessageResult => {
    const ofAgent = rows.filter(({ agentId }) => agentId === message.agentId)
    const row = ofAgent.find(({ id }) => id === message.conversationId)
    const other =
      row === undefined ? unlisted?.find(({ id }) => id === message.conversationId) : undefined
    return {
      ...message,
      agentName: ofAgent[0]?.agentName ?? message.agentId,
      title: (row ?? other)?.title ?? null,
      isArchived: other?.isArchived ?? false,
      at: Date.parse(at) || null,
    }
  })
  return named.sort((one, other) => (other.at ?? 0) - (one.at ?? 0)).slice(0, MAX_RESULTS)
}

async function readAll(
  context: SessionContext,
  rows: readonly ConversationRow[],
  query: string,
): Promise<readonly (FoundMessage & { readonly at: string })[]> {
  const { gateway } = await serverServices(context)
  const wanted = query.toLowerCase()
  const results: (FoundMessage & { readonly at: string })[] = []
  for (const { id: conversationId, agentId } of rows.slice(0, MAX_CONVERSATIONS)) {
    let pages = 0
    const page = async (before: string | null) =>
      pages++ < MAX_PAGES ? gateway.threads.messages({ agentId, conversationId }, before) : []
    const isFound = ({ type, text }: { readonly type: string; readonly text: string }): boolean =>
      (type === 'user' || type === 'assistant') && text.toLowerCase().includes(wanted)
    const messages = await collectMessages(page, isFound, MAX_RESULTS).catch((thrown: unknown) => {
      // Another client may have deleted it meanwhile.
      if (thrown instanceof UserError) return []
      throw thrown
    })
    for (const { type: role, text, date } of messages) {
      results.push({ agentId, conversationId, role, text, at: date ?? '' })
    }
  }
  return results
}

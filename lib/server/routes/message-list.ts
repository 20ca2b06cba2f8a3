import * as z from 'zod'
import type { JsonObject } from '../../util/is-record.ts'
import { DEFAULT_CONVERSATION, type Thread } from '../../util/thread.ts'
import { limitParameter } from '../http/endpoint.ts'
import { systemMessageId } from '../ids.ts'
import type { Service } from '../service.ts'
import type { MessageScope } from '../storage/messages.ts'
import type { Storage } from '../storage/storage.ts'
import { toMessageItems } from '../wire/messages.ts'
import { systemMessageItem } from './system-message.ts'

/** The parameters of every list of messages. */
export const messageQuery = z.object({
  limit: limitParameter(100),
  order: z.enum(['asc', 'desc']).optional(),
  after: z.string().optional(),
  before: z.string().optional(),
  include_return_message_types: z.array(z.string()).optional(),
})

type Query = z.output<typeof messageQuery>

/** A page of messages, converted to list items, oldest first. It is the newest page unless `order` is `asc`. */
export function listMessages({ messages }: Storage, scope: MessageScope, query: Query) {
  const { limit, order, after = null, before = null } = query
  const page = messages.list(scope, { limit, ascending: order === 'asc', after, before })
  return selectTypes(page.flatMap(toMessageItems), query)
}

/** The same for a conversation, or for all of an agent, whose history begins with its system prompt. */
export function listHistory(
  service: Service,
  scope: MessageScope & Pick<Thread, 'agentId'>,
  query: Query,
): readonly JsonObject[] {
  const { messages } = service.storage
  const { limit, order, before = null } = query
  const thread = { conversationId: DEFAULT_CONVERSATION, ...scope }
  const systemId = systemMessageId(thread)
  if (before === systemId) return []
  const isFirst = query.after === undefined
  const after = query.after === systemId ? null : (query.after ?? null)
  const page = messages.list(scope, { limit, ascending: order === 'asc', after, before })
  const begins = order === 'asc' && before === null
  // A full page that is read backwards does not show whether there is more before it.
  const hasSystem = isFirst && (begins || page.length < limit)
  const items = (begins && hasSystem ? page.slice(0, limit - 1) : page).flatMap(toMessageItems)
  return selectTypes(hasSystem ? [systemMessageItem(service, thread), ...items] : items, query)
}

function selectTypes(
  items: readonly JsonObject[],
  { include_return_message_types: types }: Query,
): readonly JsonObject[] {
  return types === undefined
    ? items
    : items.filter((item) => types.includes(String(item['message_type'])))
}

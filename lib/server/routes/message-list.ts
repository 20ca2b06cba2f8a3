import * as z from 'zod'
import { limitParameter } from '../http/endpoint.ts'
import type { MessageScope } from '../storage/messages.ts'
import type { Storage } from '../storage/storage.ts'
import { toMessageItems } from '../wire/messages.ts'

/** The parameters of every list of messages. */
export const messageQuery = z.object({
  limit: limitParameter(100),
  order: z.enum(['asc', 'desc']).optional(),
  after: z.string().optional(),
  before: z.string().optional(),
  include_return_message_types: z.array(z.string()).optional(),
})

/** A page of messages, converted to list items, oldest first. It is the newest page unless `order` is `asc`. */
export function listMessages(
  { messages }: Storage,
  scope: MessageScope,
  query: z.output<typeof messageQuery>,
) {
  const { limit, order, after = null, before = null } = query
  const page = messages.list(scope, { limit, ascending: order === 'asc', after, before })
  const types = query.include_return_message_types
  const items = page.flatMap(toMessageItems)
  return types === undefined
    ? items
    : items.filter((item) => types.includes(String(item['message_type'])))
}

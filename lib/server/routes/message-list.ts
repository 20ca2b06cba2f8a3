import * as z from 'zod'
import { limitParameter } from '../http/endpoint.ts'
import type { MessageScope } from '../storage/messages.ts'
import type { Storage } from '../storage/storage.ts'
import { toMessageItems } from '../wire/messages.ts'

/** What each list of messages may be asked. */
export const messageQuery = z.object({
  limit: limitParameter(100),
  order: z.enum(['asc', 'desc']).optional(),
  after: z.string().optional(),
  before: z.string().optional(),
  include_return_message_types: z.array(z.string()).optional(),
})

/** A page of stored messages as the items they are listed as, oldest first; the newest page unless `asc` is asked. */
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

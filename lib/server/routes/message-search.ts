import type { Hono } from 'hono'
import * as z from 'zod'
import { HttpError } from '../errors.ts'
import { describeEndpoint } from '../http/endpoint.ts'
import { messageIdNotFound } from '../messages/api.ts'
import type { MessageRecord } from '../records.ts'
import { searchStoredMessages } from '../server-tools/conversation-search.ts'
import { parseDateRange } from '../server-tools/search-dates.ts'
import type { Service } from '../service.ts'
import type { MessageScope } from '../storage/messages.ts'
import { toMessageItems } from '../wire/messages.ts'
import { listMessages, messageQuery } from './message-list.ts'
import { systemMessageItem, threadOfSystemMessage } from './system-message.ts'

/** The messages of all agents. */
export function messageSearchRoutes(app: Hono, service: Service): void {
  const { storage } = service
  const list = describeEndpoint({
    summary: 'List the messages of all agents',
    query: listQuery,
    response: ['message'],
  })
  app.get('/v1/messages', list, ({ req, json }) => {
    const { conversation_id, ...query } = req.valid('query')
    return json(listMessages(storage, toScope({ conversation_id }), query))
  })

  app.get(
    '/v1/messages/:message_id',
    describeEndpoint({ summary: 'Retrieve a message', response: ['message'] }),
    (context) => {
      const id = context.req.param('message_id')
      const message = storage.messages.get(id)
      if (message !== null) return context.json(toMessageItems(message))
      const thread = threadOfSystemMessage(service, id)
      if (thread === null) throw new HttpError(404, messageIdNotFound(id))
      return context.json([systemMessageItem(service, thread)])
    },
  )

  const search = describeEndpoint({
    summary: 'Search messages',
    body: searchShape,
    response: ['messageFound'],
  })
  app.post('/v1/messages/search', search, ({ req, json }) => {
    const { query, limit, start_date, end_date, ...scope } = req.valid('json')
    const period = parseDateRange(
      { start_date, end_date },
      (problem) => new HttpError(400, problem),
    )
    const search = { query, roles: SEARCHED_ROLES, period, limit: limit ?? DEFAULT_LIMIT }
    return json(searchStoredMessages(storage, toScope(scope), search).map(toResultJson))
  })
}

const SEARCHED_ROLES = ['user', 'assistant']
const DEFAULT_LIMIT = 50

const listQuery = messageQuery.extend({ conversation_id: z.string().optional() })

const searchShape = z.looseObject({
  query: z.string(),
  agent_id: z.string().nullish(),
  conversation_id: z.string().nullish(),
  limit: z.int().min(1).max(100).nullish(),
  start_date: z.string().nullish(),
  end_date: z.string().nullish(),
})

function toScope(query: {
  readonly agent_id?: string | null | undefined
  readonly conversation_id?: string | null | undefined
}): MessageScope {
  return {
    ...(query.agent_id == null ? {} : { agentId: query.agent_id }),
    ...(query.conversation_id == null ? {} : { conversationId: query.conversation_id }),
  }
}

/** The text of the message and where it was found. */
function toResultJson(message: MessageRecord) {
  const { id, createdAt, agentId, conversationId } = message
  const item = toMessageItems(message).find((one) => one['content'] !== undefined)
  return {
    message_type: item?.['message_type'],
    content: item?.['content'],
    message_id: id,
    created_at: createdAt,
    agent_id: agentId,
    conversation_id: conversationId,
  }
}

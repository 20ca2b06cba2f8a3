import type { Hono } from 'hono'
import * as z from 'zod'
import { type Thread, threadOf } from '../../util/thread.ts'
import { HttpError } from '../errors.ts'
import { booleanParameter, describeEndpoint, limitParameter } from '../http/endpoint.ts'
import { newId, systemMessageId } from '../ids.ts'
import { AGENT_NOT_FOUND, isolatedLabelNotFound, messageIdNotFound } from '../messages/api.ts'
import type { AgentRecord, BlockAuthor, ConversationRecord, MessageRecord } from '../records.ts'
import { compileSystemPrompt } from '../runs/request.ts'
import { requireConversationRecord, requireThread, type Service } from '../service.ts'
import { toConversationJson } from '../wire/records.ts'
import { requestAuthor } from './block-author.ts'

export function conversationRoutes(app: Hono, service: Service): void {
  const { storage, runs, now } = service

  const create = describeEndpoint({
    summary: 'Create a conversation with an agent',
    body: createShape,
    query: z.object({ agent_id: z.string() }),
    response: 'conversation',
  })
  app.post('/v1/conversations', create, ({ req, json }) => {
    const agent = storage.agents.get(req.valid('query').agent_id)
    if (agent === null) throw new HttpError(404, AGENT_NOT_FOUND)
    const body = req.valid('json')
    const at = now().toISOString()
    const conversation = storage.transaction(() => {
      const created = createConversation(agent.id, at, {
        summary: body.summary ?? null,
        model: body.model ?? null,
        modelSettings: body.model_settings ?? null,
        isolatedBlockIds: copyBlocks(
          service,
          agent,
          body.isolated_block_labels ?? [],
          requestAuthor(req),
        ),
        isHidden: body.hidden === true,
      })
      storage.conversations.insert(created)
      return created
    })
    return json(toConversationJson(conversation, []))
  })

  const list = describeEndpoint({
    summary: 'List conversations, newest first',
    query: listQuery,
    response: ['conversation'],
  })
  app.get('/v1/conversations', list, ({ req, json }) => {
    const query = req.valid('query')
    const listed = storage.conversations.list({
      agentId: query.agent_id ?? null,
      text: query.summary_search ?? null,
      isArchived: ARCHIVE_STATUS[query.archive_status ?? 'unarchived'],
      ascending: query.order === 'asc',
      orderBy: ORDERS[query.order_by ?? 'created_at'],
      after: query.after ?? null,
      limit: query.limit,
    })
    return json(listed.map((one) => toConversationJson(one, [])))
  })

  const one = '/v1/conversations/:conversation_id'
  app.get(
    one,
    describeEndpoint({ summary: 'Retrieve a conversation', response: 'conversation' }),
    ({ req, json }) => {
      service.runs.endDead()
      const conversation = requireConversationRecord(service, req.param('conversation_id'))
      const thread = threadOf(conversation)
      const ids = [systemMessageId(thread), ...storage.messages.inContextIds(thread)]
      return json(toConversationJson(conversation, ids))
    },
  )

  const update = describeEndpoint({
    summary: 'Update a conversation',
    body: updateShape,
    response: 'conversation',
  })
  app.patch(one, update, ({ req, json }) => {
    const body = req.valid('json')
    const changed = storage.transaction(() => {
      const before = requireConversationRecord(service, req.param('conversation_id'))
      const after: ConversationRecord = {
        ...before,
        summary: body.summary ?? before.summary,
        model: body.model ?? before.model,
        modelSettings: body.model_settings ?? before.modelSettings,
        archivedAt: archivedAt(before, body.archived ?? null, now().toISOString()),
        updatedAt: now().toISOString(),
      }
      storage.conversations.save(after)
      return after
    })
    return json(toConversationJson(changed, []))
  })

  app.delete(
    one,
    describeEndpoint({ summary: 'Delete a conversation', response: 'nothing' }),
    async ({ req, json }) => {
      const conversation = requireConversationRecord(service, req.param('conversation_id'))
      await runs.cancel(threadOf(conversation))
      storage.transaction(() => {
        storage.conversations.remove(conversation.id)
        // Its copies of blocks are no longer needed, unless one has been attached to an agent since.
        for (const blockId of conversation.isolatedBlockIds) {
          if (storage.agents.usingBlock(blockId).length > 0) continue
          storage.blocks.remove(blockId, requestAuthor(req), now().toISOString(), [])
        }
      })
      return json(null)
    },
  )

  const fork = describeEndpoint({
    summary: 'Fork a conversation',
    query: ofAgent.extend({
      message_id: z.string().optional(),
      hidden: booleanParameter.optional(),
    }),
    response: 'conversation',
  })
  app.post(`${one}/fork`, fork, ({ req, json }) => {
    const { agent_id, message_id, hidden = false } = req.valid('query')
    const source = requireThread(service, req.param('conversation_id'), agent_id)
    const messages = messagesThrough(service, source, message_id ?? null)
    const created = createConversation(source.agentId, now().toISOString(), {
      isHidden: hidden,
      lastMessageAt: messages.at(-1)?.createdAt ?? null,
    })
    storage.transaction(() => {
      storage.conversations.insert(created)
      for (const message of messages) {
        storage.messages.append({ ...message, ...threadOf(created), id: newId('message') })
      }
    })
    return json(toConversationJson(created, []))
  })

  const recompile = describeEndpoint({
    summary: 'Recompile the system prompt of a conversation',
    query: ofAgent.extend({ dry_run: booleanParameter.optional() }),
    body: z.looseObject({ agent_id: z.string().nullish() }),
    response: 'text',
  })
  app.post(`${one}/recompile`, recompile, ({ req, json }) => {
    const { agent_id, dry_run } = req.valid('query')
    const agentId = req.valid('json').agent_id ?? agent_id
    const thread = requireThread(service, req.param('conversation_id'), agentId)
    return json(
      compileSystemPrompt(storage, thread, now(), { force: true, save: dry_run !== true }),
    )
  })
}

function archivedAt(
  { archivedAt: before = null }: ConversationRecord,
  isArchived: boolean | null,
  at: string,
): string | null {
  if (isArchived === null) return before
  return isArchived ? (before ?? at) : null
}

/**
 * The messages in the prompt of a conversation, up to and including one of them, without calls that await an answer: only the
 * source gets it. A message that was summarized since is found, too, with all that was said before it.
 */
function messagesThrough(
  { storage }: Service,
  thread: Thread,
  messageId: string | null,
): readonly MessageRecord[] {
  const messages = storage.messages.inContext(thread)
  if (messageId === null) return withoutPending(messages)
  if (messageId === systemMessageId(thread)) return []
  const last = messages.findIndex(({ id }) => id === messageId)
  if (last >= 0) return withoutPending(messages.slice(0, last + 1))
  const message = storage.messages.get(messageId)
  const isOfThread =
    message?.agentId === thread.agentId && message.conversationId === thread.conversationId
  if (message === null || !isOfThread) throw new HttpError(404, messageIdNotFound(messageId))
  const query = { limit: MAX_FORKED_MESSAGES, ascending: false, after: null, before: null }
  const stored = storage.messages.list(thread, query)
  return withoutPending(
    stored.filter(({ sequence, body }) => {
      return sequence <= message.sequence && body.role !== 'summary'
    }),
  )
}

const MAX_FORKED_MESSAGES = 10_000

function withoutPending(messages: readonly MessageRecord[]): readonly MessageRecord[] {
  const body = messages.at(-1)?.body
  const isPending = body?.role === 'assistant' && body.calls.some((call) => call.runs === 'client')
  return isPending ? messages.slice(0, -1) : messages
}

function createConversation(
  agentId: string,
  at: string,
  fields: Partial<ConversationRecord>,
): ConversationRecord {
  return {
    id: newId('conv'),
    agentId,
    summary: null,
    model: null,
    modelSettings: null,
    isolatedBlockIds: [],
    compiledSystem: null,
    createdAt: at,
    updatedAt: at,
    lastMessageAt: null,
    ...fields,
  }
}

/** Copies the agent's blocks with these labels for use by one conversation. Returns the ids of the copies. */
function copyBlocks(
  { storage, now }: Service,
  agent: AgentRecord,
  labels: readonly string[],
  author: BlockAuthor,
): readonly string[] {
  const blocks = agent.blockIds.flatMap((id) => storage.blocks.get(id) ?? [])
  const at = now().toISOString()
  return labels.map((label) => {
    const block = blocks.find((one) => one.label === label)
    if (block === undefined) {
      throw new HttpError(400, isolatedLabelNotFound(label, agent.id))
    }
    const copy = { ...block, id: newId('block'), createdAt: at, updatedAt: at }
    storage.blocks.insert(copy, author)
    return copy.id
  })
}

const changes = {
  summary: z.string().nullish(),
  model: z.string().nullish(),
  model_settings: z.record(z.string(), z.unknown()).nullish(),
}

const createShape = z.looseObject({
  ...changes,
  isolated_block_labels: z.array(z.string()).nullish(),
  hidden: z.boolean().nullish(),
})

const updateShape = z.looseObject({ ...changes, archived: z.boolean().nullish() })

const ofAgent = z.object({ agent_id: z.string().optional() })

const listQuery = z.object({
  agent_id: z.string().optional(),
  summary_search: z.string().optional(),
  archive_status: z.enum(['unarchived', 'archived', 'all']).optional(),
  after: z.string().optional(),
  order: z.enum(['asc', 'desc']).optional(),
  order_by: z.enum(['created_at', 'last_message_at', 'last_run_completion']).optional(),
  limit: limitParameter(50),
})

const ARCHIVE_STATUS = { unarchived: false, archived: true, all: null } as const

const ORDERS = {
  created_at: 'createdAt',
  last_message_at: 'lastMessageAt',
  last_run_completion: 'lastMessageAt',
} as const

import type { Hono } from 'hono'
import * as z from 'zod'
import { defaultThread, type Thread } from '../../util/thread.ts'
import { booleanParameter, describeEndpoint } from '../http/endpoint.ts'
import { estimateMessageTokens, estimateTextTokens } from '../runs/context-size.ts'
import { compileSystemPrompt } from '../runs/request.ts'
import { requireAgent, requireThread, type Service } from '../service.ts'
import { toRawMessage, toRawSystemMessage } from '../wire/raw-messages.ts'
import type { contextSchema } from '../wire/schema-types.ts'
import { containsText } from './filters.ts'
import { fullListQuery, paginate } from './paging.ts'

/** What the model is sent. */
export function contextRoutes(app: Hono, service: Service): void {
  const { storage, now } = service

  const context = describeEndpoint({
    summary: 'Get the context window usage of an agent',
    query: z.object({ conversation_id: z.string().optional() }),
    response: 'context',
  })
  app.get('/v1/agents/:agent_id/context', context, ({ req, json }) => {
    const { id } = requireAgent(service, req.param('agent_id'))
    const { conversation_id } = req.valid('query')
    const thread =
      conversation_id === undefined
        ? defaultThread(id)
        : requireThread(service, conversation_id, id)
    return json(toContextJson(service, thread))
  })

  const recompile = describeEndpoint({
    summary: 'Recompile the system prompt of an agent',
    query: z.object({ dry_run: booleanParameter.optional() }),
    response: 'text',
  })
  app.post('/v1/agents/:agent_id/recompile', recompile, ({ req, json }) => {
    const thread = defaultThread(requireAgent(service, req.param('agent_id')).id)
    const save = req.valid('query').dry_run !== true
    return json(compileSystemPrompt(storage, thread, now(), { force: true, save }))
  })

  const tags = describeEndpoint({
    summary: 'List the tags of all agents',
    query: tagQuery,
    response: ['text'],
  })
  app.get('/v1/tags', tags, ({ req, json }) => {
    const { name, query_text, ...page } = req.valid('query')
    const items = storage.agents
      .tags()
      .filter((tag) => (name === undefined || tag === name) && containsText(tag, query_text))
      .map((tag) => ({ id: tag }))
    return json(paginate(items, page).map(({ id }) => id))
  })
}

const tagQuery = fullListQuery.extend({
  name: z.string().optional(),
  query_text: z.string().optional(),
})

function toContextJson(service: Service, thread: Thread): z.output<typeof contextSchema> {
  const { storage, now } = service
  const agent = requireAgent(service, thread.agentId)
  const compiled = compileSystemPrompt(storage, thread, now(), { force: false, save: false })
  const records = storage.messages.inContext(thread)
  const memory = /<memory_blocks>[\s\S]*<\/memory_blocks>/.exec(compiled.slice(agent.system.length))
  const metadata = compiled.slice(compiled.lastIndexOf('<memory_metadata>'))
  const summary = records[0]?.body.role === 'summary' ? records[0].body.text : null
  const functions = agent.toolIds
    .flatMap((id) => storage.tools.get(id) ?? [])
    .map(({ jsonSchema }) => ({ type: 'function', function: { strict: null, ...jsonSchema } }))
  const tokens = (text: string | null | undefined): number => estimateTextTokens(text ?? '')
  const messageTokens = records.reduce((sum, { body }) => sum + estimateMessageTokens(body), 0)
  const toolTokens = functions.length === 0 ? 0 : tokens(JSON.stringify(functions))
  return {
    context_window_size_max: agent.contextWindow,
    context_window_size_current: tokens(compiled) + messageTokens + toolTokens,
    num_messages: records.length + 1,
    num_archival_memory: storage.passages.count(agent.id),
    num_recall_memory: storage.messages.count(agent.id) + 1,
    num_tokens_external_memory_summary: tokens(metadata),
    external_memory_summary: metadata,
    num_tokens_system: tokens(agent.system),
    system_prompt: agent.system,
    num_tokens_core_memory: tokens(memory?.[0]),
    core_memory: memory?.[0] ?? '',
    num_tokens_memory_filesystem: 0,
    memory_filesystem: null,
    num_tokens_tool_usage_rules: 0,
    tool_usage_rules: null,
    num_tokens_directories: 0,
    directories: null,
    num_tokens_summary_memory: tokens(summary),
    summary_memory: summary,
    num_tokens_functions_definitions: toolTokens,
    functions_definitions: functions,
    num_tokens_messages: messageTokens,
    messages: [toRawSystemMessage(agent, thread, compiled), ...records.map(toRawMessage)],
  }
}

import type { Hono } from 'hono'
import * as z from 'zod'
import { defaultThread } from '../../util/thread.ts'
import { HttpError } from '../errors.ts'
import { booleanParameter, describeEndpoint, limitParameter } from '../http/endpoint.ts'
import { newId } from '../ids.ts'
import {
  agentIdDeleted,
  INVALID_HANDLE,
  MODEL_REQUIRED,
  toolsNotFoundById,
  toolsNotFoundByName,
} from '../messages/api.ts'
import { DEFAULT_INSTRUCTIONS } from '../messages/prompts.ts'
import {
  type AgentRecord,
  type BlockAuthor,
  type BlockRecord,
  DEFAULT_COMPACTION,
  type ToolRecord,
} from '../records.ts'
import { toMessageBody } from '../runs/accept-input.ts'
import {
  assertId,
  describeAgent,
  findModelLimits,
  requireAgent,
  requireBlock,
  type Service,
} from '../service.ts'
import type { AgentQuery } from '../storage/agents.ts'
import {
  type AgentCreateBody,
  type AgentUpdateBody,
  agentCreateShape,
  agentUpdateShape,
  defaultModelOptions,
  type ModelOptions,
  mergeModelOptions,
  responseFormatOf,
} from './agent-body.ts'
import { withApprovalRules } from './agent-tools.ts'
import { requestAuthor } from './block-author.ts'
import { assertUniqueLabels, createBlock } from './blocks.ts'
import { mergeCompactionSettings } from './compaction-settings.ts'
import { isUnmatchable, unmatchable } from './filters.ts'
import { toInputMessage } from './send-body.ts'

export function agentRoutes(app: Hono, service: Service): void {
  const { storage, now } = service

  const create = describeEndpoint({
    summary: 'Create an agent',
    body: agentCreateShape,
    response: 'agent',
  })
  app.post('/v1/agents', create, async ({ req, json }) => {
    const body = req.valid('json')
    const model = body.model ?? body.llm_config?.handle ?? null
    if (model === null) throw new HttpError(400, MODEL_REQUIRED)
    if (!model.includes('/')) throw new HttpError(400, INVALID_HANDLE)
    const facets = mergeModelOptions(
      body,
      defaultModelOptions(await findModelLimits(service, model)),
    )
    const author = requestAuthor(req)
    const agent = storage.transaction(() => createAgent(service, body, { model, facets, author }))
    return json(describeAgent(service, agent))
  })

  const list = describeEndpoint({
    summary: 'List agents',
    query: listQuery,
    response: ['agent'],
  })
  app.get('/v1/agents', list, ({ req, json }) => {
    const query = req.valid('query')
    const agents = isUnmatchable(query) ? [] : storage.agents.list(toAgentQuery(service, query))
    return json(agents.map((agent) => describeAgent(service, agent)))
  })

  const count = describeEndpoint({ summary: 'Count agents', response: 'count' })
  app.get('/v1/agents/count', count, ({ json }) => json(storage.agents.count()))

  const one = '/v1/agents/:agent_id'
  app.get(
    one,
    describeEndpoint({ summary: 'Retrieve an agent', response: 'agent' }),
    ({ req, json }) => {
      service.runs.endDead()
      return json(describeAgent(service, requireAgent(service, req.param('agent_id'))))
    },
  )

  const update = describeEndpoint({
    summary: 'Update an agent',
    body: agentUpdateShape,
    response: 'agent',
  })
  app.patch(one, update, async ({ req, json }) => {
    const body = req.valid('json')
    const { id, model: before } = requireAgent(service, req.param('agent_id'))
    const model = body.model ?? body.llm_config?.handle ?? before
    // A different model brings its own limits; the same one keeps those that were set.
    const limits = model === before ? {} : await findModelLimits(service, model)
    const agent = storage.transaction(() => {
      const current = requireAgent(service, id)
      const facets = mergeModelOptions(body, { ...current, ...limits })
      const changed = { ...applyUpdate(service, current, body), ...facets, model }
      storage.agents.save({ ...changed, updatedAt: now().toISOString() })
      return changed
    })
    return json(describeAgent(service, agent))
  })

  app.delete(
    one,
    describeEndpoint({ summary: 'Delete an agent', response: 'done' }),
    async ({ req, json }) => {
      const { id } = requireAgent(service, req.param('agent_id'))
      await service.runs.cancelAll(id)
      storage.transaction(() => storage.agents.remove(id))
      return json({ message: agentIdDeleted(id) })
    },
  )
}

interface NewAgentParts {
  readonly model: string
  readonly facets: ModelOptions
  /** Of its new blocks. */
  readonly author: BlockAuthor
}

function createAgent(
  service: Service,
  body: AgentCreateBody,
  { model, facets, author }: NewAgentParts,
): AgentRecord {
  const { storage, now } = service
  const at = now().toISOString()
  const base = body.include_base_tools === false ? [] : BASE_TOOLS
  const names = [...new Set([...(body.tools ?? []), ...base])]
  const tools = [...findToolsByName(service, names), ...findToolsById(service, body.tool_ids ?? [])]
  const bodies = body.memory_blocks ?? []
  const created = bodies
    .filter(({ label }, index) => bodies.findIndex((block) => block.label === label) === index)
    .map((block) => createBlock(block, at))
  for (const block of created) storage.blocks.insert(block, author)
  const blocks = [...requireBlocks(service, body.block_ids ?? []), ...created]
  assertUniqueLabels(blocks)
  const agent: AgentRecord = {
    ...facets,
    id: newId('agent'),
    name: body.name ?? 'agent',
    description: body.description ?? null,
    system: body.system ?? DEFAULT_INSTRUCTIONS,
    compiledSystem: null,
    model,
    tags: body.tags ?? [],
    blockIds: blocks.map((block) => block.id),
    toolIds: [...new Set(tools.map((tool) => tool.id))],
    toolRules: withApprovalRules(body.tool_rules ?? [], tools),
    responseFormat: responseFormatOf(body) ?? null,
    metadata: body.metadata ?? {},
    compaction: mergeCompactionSettings(body.compaction_settings, DEFAULT_COMPACTION),
    createdAt: at,
    updatedAt: at,
  }
  storage.agents.insert(agent)
  const thread = defaultThread(agent.id)
  for (const message of body.initial_message_sequence ?? []) {
    const origin = { ...thread, id: newId('message'), runId: null, stepId: null, createdAt: at }
    storage.messages.append({ ...origin, body: toMessageBody(toInputMessage(message)) })
  }
  return agent
}

/** The tools of an agent that is created without a list of tools. */
const BASE_TOOLS = ['conversation_search', 'memory_insert', 'memory_replace']

function applyUpdate(service: Service, agent: AgentRecord, body: AgentUpdateBody): AgentRecord {
  const tools = body.tool_ids == null ? null : findToolsById(service, body.tool_ids)
  const blocks = body.block_ids == null ? null : requireBlocks(service, body.block_ids)
  assertUniqueLabels(blocks ?? [])
  const rules = tools === null ? agent.toolRules : withApprovalRules(agent.toolRules, tools)
  return {
    ...agent,
    name: body.name ?? agent.name,
    description: body.description ?? agent.description,
    system: body.system ?? agent.system,
    responseFormat: responseFormatOf(body) ?? agent.responseFormat ?? null,
    tags: body.tags ?? agent.tags,
    metadata: body.metadata ?? agent.metadata,
    compaction: mergeCompactionSettings(
      body.compaction_settings,
      agent.compaction ?? DEFAULT_COMPACTION,
    ),
    toolIds: tools?.map((tool) => tool.id) ?? agent.toolIds,
    blockIds: blocks?.map((block) => block.id) ?? agent.blockIds,
    toolRules: body.tool_rules ?? rules,
  }
}

/** Tools of Letta server that need accounts of other services. Letta Code lists them for every agent that it creates. */
const IGNORED_TOOLS = new Set(['web_search', 'fetch_webpage', 'run_code'])

function findToolsByName({ storage }: Service, names: readonly string[]): readonly ToolRecord[] {
  const missing = names.filter(
    (name) => storage.tools.findByName(name) === null && !IGNORED_TOOLS.has(name),
  )
  if (missing.length > 0) throw new HttpError(400, toolsNotFoundByName(missing))
  return names.flatMap((name) => storage.tools.findByName(name) ?? [])
}

function findToolsById({ storage }: Service, ids: readonly string[]): readonly ToolRecord[] {
  const missing = ids.filter((id) => storage.tools.get(assertId('tool', id)) === null)
  if (missing.length > 0) throw new HttpError(400, toolsNotFoundById(missing))
  return ids.flatMap((id) => storage.tools.get(id) ?? [])
}

function requireBlocks(service: Service, ids: readonly string[]): readonly BlockRecord[] {
  return [...new Set(ids)].map((id) => requireBlock(service, id))
}

const listQuery = z.object({
  limit: limitParameter(50),
  order: z.enum(['asc', 'desc']).optional(),
  ascending: booleanParameter.optional(),
  after: z.string().optional(),
  before: z.string().optional(),
  name: z.string().optional(),
  query_text: z.string().optional(),
  tags: z.array(z.string()).optional(),
  match_all_tags: booleanParameter.optional(),
  last_stop_reason: z.string().optional(),
  sort_by: z.enum(['created_at', 'updated_at', 'last_run_completion']).optional(),
  ...unmatchable.shape,
})

function toAgentQuery({ storage }: Service, query: z.output<typeof listQuery>): AgentQuery {
  const lastRun = (agent: AgentRecord) => storage.runs.last(defaultThread(agent.id))
  const { last_stop_reason: stopReason } = query
  return {
    limit: query.limit,
    ascending: query.order === 'asc' || query.ascending === true,
    after: query.after ?? null,
    before: query.before ?? null,
    name: query.name ?? null,
    text: query.query_text ?? null,
    tags: query.tags ?? [],
    matchAllTags: query.match_all_tags === true,
    accepts: (agent) => stopReason === undefined || lastRun(agent)?.stopReason === stopReason,
    sortKey: (agent) => {
      if (query.sort_by === 'updated_at') return agent.updatedAt
      return query.sort_by === 'last_run_completion'
        ? (lastRun(agent)?.completedAt ?? '')
        : agent.createdAt
    },
  }
}

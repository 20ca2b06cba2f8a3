import type { Hono } from 'hono'
import * as z from 'zod'
import { HttpError } from '../errors.ts'
import { booleanParameter, describeEndpoint, limitParameter } from '../http/endpoint.ts'
import { newId } from '../ids.ts'
import {
  type AgentRecord,
  type BlockRecord,
  DEFAULT_COMPACTION,
  type ToolRecord,
} from '../records.ts'
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
} from './agent-body.ts'
import { withApprovalRules } from './agent-tools.ts'
import { assertUniqueLabels, createBlock } from './blocks.ts'
import { mergeCompactionSettings } from './compaction-settings.ts'

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
    if (model === null) throw new HttpError(400, NO_MODEL)
    if (!model.includes('/')) throw new HttpError(400, NO_HANDLE)
    const facets = mergeModelOptions(
      body,
      defaultModelOptions(await findModelLimits(service, model)),
    )
    const agent = storage.transaction(() => createAgent(service, body, { model, facets }))
    return json(describeAgent(service, agent))
  })

  const list = describeEndpoint({
    summary: 'List the agents',
    query: listQuery,
    response: ['agent'],
  })
  app.get('/v1/agents', list, ({ req, json }) => {
    const agents = storage.agents.list(queryOf(req.valid('query')))
    return json(agents.map((agent) => describeAgent(service, agent)))
  })

  const count = describeEndpoint({ summary: 'Count the agents', response: 'count' })
  app.get('/v1/agents/count', count, ({ json }) => json(storage.agents.count()))

  const one = '/v1/agents/:agent_id'
  app.get(
    one,
    describeEndpoint({ summary: 'Retrieve an agent', response: 'agent' }),
    ({ req, json }) => json(describeAgent(service, requireAgent(service, req.param('agent_id')))),
  )

  const update = describeEndpoint({
    summary: 'Change an agent',
    body: agentUpdateShape,
    response: 'agent',
  })
  app.patch(one, update, async ({ req, json }) => {
    const body = req.valid('json')
    const { id, model: before } = requireAgent(service, req.param('agent_id'))
    const model = body.model ?? body.llm_config?.handle ?? before
    // Another model has limits of its own; the same one keeps what was set.
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
      return json({ message: `Agent id=${id} successfully deleted` })
    },
  )
}

function createAgent(
  service: Service,
  body: AgentCreateBody,
  { model, facets }: { readonly model: string; readonly facets: ModelOptions },
): AgentRecord {
  const { storage, now } = service
  const at = now().toISOString()
  const base = body.include_base_tools === false ? [] : BASE_TOOLS
  const names = [...new Set([...(body.tools ?? []), ...base])]
  const tools = [...findToolsByName(service, names), ...findToolsById(service, body.tool_ids ?? [])]
  const wanted = body.memory_blocks ?? []
  const made = wanted
    .filter(({ label }, index) => wanted.findIndex((block) => block.label === label) === index)
    .map((block) => createBlock(block, at))
  for (const block of made) storage.blocks.insert(block)
  const blocks = [...blocksOf(service, body.block_ids ?? []), ...made]
  assertUniqueLabels(blocks)
  const agent: AgentRecord = {
    ...facets,
    id: newId('agent'),
    name: body.name ?? 'agent',
    description: body.description ?? null,
    system: body.system ?? '',
    compiledSystem: null,
    model,
    tags: body.tags ?? [],
    blockIds: blocks.map((block) => block.id),
    toolIds: [...new Set(tools.map((tool) => tool.id))],
    toolRules: withApprovalRules(body.tool_rules ?? [], tools),
    metadata: body.metadata ?? {},
    compaction: mergeCompactionSettings(body.compaction_settings, DEFAULT_COMPACTION),
    createdAt: at,
    updatedAt: at,
  }
  storage.agents.insert(agent)
  return agent
}

const NO_MODEL = 'INVALID_ARGUMENT: Must specify either model or llm_config in request'
const NO_HANDLE = 'INVALID_ARGUMENT: The model handle should be in the format provider/model-name'

/** Whom nobody tells which tools to take has these. */
const BASE_TOOLS = ['conversation_search', 'memory_insert', 'memory_replace']

function applyUpdate(service: Service, agent: AgentRecord, body: AgentUpdateBody): AgentRecord {
  const tools = body.tool_ids == null ? null : findToolsById(service, body.tool_ids)
  const blocks = body.block_ids == null ? null : blocksOf(service, body.block_ids)
  assertUniqueLabels(blocks ?? [])
  const rules = tools === null ? agent.toolRules : withApprovalRules(agent.toolRules, tools)
  return {
    ...agent,
    name: body.name ?? agent.name,
    description: body.description ?? agent.description,
    system: body.system ?? agent.system,
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

/** Tools of the real server that work through accounts elsewhere. Letta Code gives them to each agent it makes. */
const IGNORED_TOOLS = new Set(['web_search', 'fetch_webpage', 'run_code'])

function findToolsByName({ storage }: Service, names: readonly string[]): readonly ToolRecord[] {
  const missing = names.filter(
    (name) => storage.tools.named(name) === null && !IGNORED_TOOLS.has(name),
  )
  if (missing.length > 0) {
    const list = missing.map((name) => `'${name}'`).join(', ')
    throw new HttpError(400, `Tools not found by name: {${list}}`)
  }
  return names.flatMap((name) => storage.tools.named(name) ?? [])
}

function findToolsById({ storage }: Service, ids: readonly string[]): readonly ToolRecord[] {
  const missing = ids.filter((id) => storage.tools.get(assertId('tool', id)) === null)
  if (missing.length > 0) {
    const list = missing.map((id) => `'${id}'`).join(', ')
    throw new HttpError(400, `Tools not found by id:   {${list}}`)
  }
  return ids.flatMap((id) => storage.tools.get(id) ?? [])
}

function blocksOf(service: Service, ids: readonly string[]): readonly BlockRecord[] {
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
})

function queryOf(query: z.output<typeof listQuery>): AgentQuery {
  return {
    limit: query.limit,
    ascending: query.order === 'asc' || query.ascending === true,
    after: query.after ?? null,
    before: query.before ?? null,
    name: query.name ?? null,
    text: query.query_text ?? null,
    tags: query.tags ?? [],
    matchAllTags: query.match_all_tags === true,
  }
}

import type { Hono } from 'hono'
import * as z from 'zod'
import { HttpError } from '../errors.ts'
import { endpoint, flag, listLimit } from '../http/endpoint.ts'
import { newId } from '../ids.ts'
import {
  type AgentRecord,
  type BlockRecord,
  type ToolRecord,
  USUAL_COMPACTION,
} from '../records.ts'
import { agentOf, blockOf, checkId, describeAgent, modelFacts, type Service } from '../service.ts'
import type { AgentQuery } from '../storage/agents.ts'
import {
  type AgentCreateBody,
  type AgentUpdateBody,
  agentCreateShape,
  agentUpdateShape,
  defaultFacets,
  type ModelFacets,
  modelFacets,
} from './agent-body.ts'
import { withApprovalRules } from './agent-tools.ts'
import { newBlock, refuseSameLabels } from './blocks.ts'
import { compactionOf } from './compaction-settings.ts'

export function agentRoutes(app: Hono, service: Service): void {
  const { storage, now } = service

  const create = endpoint({
    summary: 'Create an agent',
    body: agentCreateShape,
    answer: 'agent',
  })
  app.post('/v1/agents', create, async ({ req, json }) => {
    const body = req.valid('json')
    const model = body.model ?? body.llm_config?.handle ?? null
    if (model === null) throw new HttpError(400, NO_MODEL)
    if (!model.includes('/')) throw new HttpError(400, NO_HANDLE)
    const facets = modelFacets(body, defaultFacets(await modelFacts(service, model)))
    const agent = storage.together(() => createAgent(service, body, { model, facets }))
    return json(describeAgent(service, agent))
  })

  const list = endpoint({
    summary: 'List the agents',
    query: listQuery,
    answer: ['agent'],
  })
  app.get('/v1/agents', list, ({ req, json }) => {
    const agents = storage.agents.list(queryOf(req.valid('query')))
    return json(agents.map((agent) => describeAgent(service, agent)))
  })

  const count = endpoint({ summary: 'Count the agents', answer: 'count' })
  app.get('/v1/agents/count', count, ({ json }) => json(storage.agents.count()))

  const one = '/v1/agents/:agent_id'
  app.get(one, endpoint({ summary: 'Retrieve an agent', answer: 'agent' }), ({ req, json }) =>
    json(describeAgent(service, agentOf(service, req.param('agent_id')))),
  )

  const update = endpoint({
    summary: 'Change an agent',
    body: agentUpdateShape,
    answer: 'agent',
  })
  app.patch(one, update, async ({ req, json }) => {
    const body = req.valid('json')
    const { id, model: before } = agentOf(service, req.param('agent_id'))
    const model = body.model ?? body.llm_config?.handle ?? before
    // Another model has limits of its own; the same one keeps what was set.
    const limits = model === before ? {} : await modelFacts(service, model)
    const agent = storage.together(() => {
      const current = agentOf(service, id)
      const facets = modelFacets(body, { ...current, ...limits })
      const changed = { ...changedAgent(service, current, body), ...facets, model }
      storage.agents.save({ ...changed, updatedAt: now().toISOString() })
      return changed
    })
    return json(describeAgent(service, agent))
  })

  app.delete(
    one,
    endpoint({ summary: 'Delete an agent', answer: 'done' }),
    async ({ req, json }) => {
      const { id } = agentOf(service, req.param('agent_id'))
      await service.runs.cancelAll(id)
      storage.together(() => storage.agents.remove(id))
      return json({ message: `Agent id=${id} successfully deleted` })
    },
  )
}

function createAgent(
  service: Service,
  body: AgentCreateBody,
  { model, facets }: { readonly model: string; readonly facets: ModelFacets },
): AgentRecord {
  const { storage, now } = service
  const at = now().toISOString()
  const base = body.include_base_tools === false ? [] : BASE_TOOLS
  const names = [...new Set([...(body.tools ?? []), ...base])]
  const tools = [...toolsNamed(service, names), ...toolsById(service, body.tool_ids ?? [])]
  const wanted = body.memory_blocks ?? []
  const made = wanted
    .filter(({ label }, index) => wanted.findIndex((block) => block.label === label) === index)
    .map((block) => newBlock(block, at))
  for (const block of made) storage.blocks.insert(block)
  const blocks = [...blocksOf(service, body.block_ids ?? []), ...made]
  refuseSameLabels(blocks)
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
    compaction: compactionOf(body.compaction_settings, USUAL_COMPACTION),
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

function changedAgent(service: Service, agent: AgentRecord, body: AgentUpdateBody): AgentRecord {
  const tools = body.tool_ids == null ? null : toolsById(service, body.tool_ids)
  const blocks = body.block_ids == null ? null : blocksOf(service, body.block_ids)
  refuseSameLabels(blocks ?? [])
  const rules = tools === null ? agent.toolRules : withApprovalRules(agent.toolRules, tools)
  return {
    ...agent,
    name: body.name ?? agent.name,
    description: body.description ?? agent.description,
    system: body.system ?? agent.system,
    tags: body.tags ?? agent.tags,
    metadata: body.metadata ?? agent.metadata,
    compaction: compactionOf(body.compaction_settings, agent.compaction ?? USUAL_COMPACTION),
    toolIds: tools?.map((tool) => tool.id) ?? agent.toolIds,
    blockIds: blocks?.map((block) => block.id) ?? agent.blockIds,
    toolRules: body.tool_rules ?? rules,
  }
}

/** Tools of the real server that work through accounts elsewhere. Letta Code gives them to each agent it makes. */
const PASSED_OVER = new Set(['web_search', 'fetch_webpage', 'run_code'])

function toolsNamed({ storage }: Service, names: readonly string[]): readonly ToolRecord[] {
  const missing = names.filter(
    (name) => storage.tools.named(name) === null && !PASSED_OVER.has(name),
  )
  if (missing.length > 0) {
    const list = missing.map((name) => `'${name}'`).join(', ')
    throw new HttpError(400, `Tools not found by name: {${list}}`)
  }
  return names.flatMap((name) => storage.tools.named(name) ?? [])
}

function toolsById({ storage }: Service, ids: readonly string[]): readonly ToolRecord[] {
  const missing = ids.filter((id) => storage.tools.get(checkId('tool', id)) === null)
  if (missing.length > 0) {
    const list = missing.map((id) => `'${id}'`).join(', ')
    throw new HttpError(400, `Tools not found by id:   {${list}}`)
  }
  return ids.flatMap((id) => storage.tools.get(id) ?? [])
}

function blocksOf(service: Service, ids: readonly string[]): readonly BlockRecord[] {
  return [...new Set(ids)].map((id) => blockOf(service, id))
}

const listQuery = z.object({
  limit: listLimit(50),
  order: z.enum(['asc', 'desc']).optional(),
  ascending: flag.optional(),
  after: z.string().optional(),
  before: z.string().optional(),
  name: z.string().optional(),
  query_text: z.string().optional(),
  tags: z.array(z.string()).optional(),
  match_all_tags: flag.optional(),
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

import type { Hono } from 'hono'
import * as z from 'zod'
import { Refusal, unprocessable } from '../failure.ts'
import { newId } from '../ids.ts'
import type { AgentRecord, BlockRecord, ToolRecord, ToolRule } from '../records.ts'
import { agentOf, bodyOf, describeAgent, limitOf, modelFacts, type Service } from '../service.ts'
import { blockShape, newBlock } from './blocks.ts'

const toolRule = z.looseObject({ type: z.string(), tool_name: z.string() })

const settings = z.looseObject({
  parallel_tool_calls: z.boolean().nullish(),
  max_output_tokens: z.int().positive().nullish(),
  temperature: z.number().nullish(),
})

const changeable = {
  name: z.string().min(1).nullish(),
  description: z.string().nullish(),
  system: z.string().nullish(),
  model: z.string().nullish(),
  model_settings: settings.nullish(),
  context_window_limit: z.int().positive().nullish(),
  max_tokens: z.int().positive().nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  tags: z.array(z.string()).nullish(),
  tool_ids: z.array(z.string()).nullish(),
  block_ids: z.array(z.string()).nullish(),
  tool_rules: z.array(toolRule).nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  llm_config: z
    .looseObject({ handle: z.string().nullish(), context_window: z.int().positive().nullish() })
    .nullish(),
}

const createShape = z.looseObject({
  ...changeable,
  memory_blocks: z.array(blockShape).nullish(),
  tools: z.array(z.string()).nullish(),
})
const updateShape = z.looseObject(changeable)

type Changes = z.output<typeof updateShape>

export function agentRoutes(app: Hono, service: Service): void {
  const { storage, now } = service

  app.post('/v1/agents', async ({ req, json }) => {
    const body = await bodyOf(req.raw, createShape)
    const at = now().toISOString()
    const handle = body.model ?? body.llm_config?.handle
    if (typeof handle !== 'string')
      throw unprocessable([{ type: 'missing', loc: ['body', 'model'], msg: 'Field required' }])
    const facts = await modelFacts(service, handle)
    const agent = storage.together(() => {
      const named = (body.tools ?? []).map((name) => [name, storage.tools.named(name)] as const)
      const missing = named.filter(([, tool]) => tool === null).map(([name]) => `'${name}'`)
      if (missing.length > 0)
        throw new Refusal(400, `Tools not found by name: {${missing.join(', ')}}`)
      const tools = [
        ...named.flatMap(([, tool]) => tool ?? []),
        ...(body.tool_ids ?? []).map((id) => toolById(service, id)),
      ]
      const made = (body.memory_blocks ?? []).map((block) => newBlock(block, at))
      for (const block of made) storage.blocks.insert(block)
      const given = (body.block_ids ?? []).map((id) => blockById(service, id))
      const record: AgentRecord = {
        id: newId('agent'),
        name: body.name ?? 'agent',
        description: body.description ?? null,
        system: body.system ?? '',
        compiledSystem: null,
        model: handle,
        contextWindow:
          body.context_window_limit ?? body.llm_config?.context_window ?? facts.contextWindow,
        maxOutputTokens:
          body.max_tokens ?? body.model_settings?.max_output_tokens ?? facts.maxOutputTokens,
        reasoningEffort: null,
        temperature: body.model_settings?.temperature ?? null,
        parallelToolCalls:
          body.parallel_tool_calls ?? body.model_settings?.parallel_tool_calls ?? true,
        tags: body.tags ?? [],
        blockIds: [...given, ...made].map((block) => block.id),
        toolIds: [...new Set(tools.map((tool) => tool.id))],
        toolRules: withApprovalRules(body.tool_rules ?? [], tools),
        metadata: body.metadata ?? {},
        createdAt: at,
        updatedAt: at,
      }
      storage.agents.insert(record)
      return record
    })
    return json(describeAgent(service, agent))
  })

  app.get('/v1/agents', ({ req, json }) => {
    const query = (name: string): string | null => req.query(name) ?? null
    const agents = storage.agents.list({
      limit: limitOf(req.query('limit'), 50),
      ascending: req.query('order') === 'asc' || req.query('ascending') === 'true',
      after: query('after'),
      before: query('before'),
      name: query('name'),
      text: query('query_text'),
      tags: req.queries('tags') ?? [],
      matchAllTags: req.query('match_all_tags') === 'true',
    })
    return json(agents.map((agent) => describeAgent(service, agent)))
  })

  app.get('/v1/agents/:id', ({ req, json }) =>
    json(describeAgent(service, agentOf(service, req.param('id')))),
  )

  app.patch('/v1/agents/:id', async ({ req, json }) => {
    const body = await bodyOf(req.raw, updateShape)
    const before = agentOf(service, req.param('id'))
    const handle = body.model ?? body.llm_config?.handle ?? before.model
    const facts = handle === before.model ? null : await modelFacts(service, handle)
    const agent = storage.together(() => {
      const current = agentOf(service, before.id)
      const contextWindow =
        body.context_window_limit ??
        body.llm_config?.context_window ??
        facts?.contextWindow ??
        current.contextWindow
      const changed = changedAgent(service, current, body)
      const maxOutputTokens =
        body.max_tokens ??
        body.model_settings?.max_output_tokens ??
        facts?.maxOutputTokens ??
        current.maxOutputTokens
      const record = {
        ...changed,
        model: handle,
        contextWindow,
        maxOutputTokens,
        updatedAt: now().toISOString(),
      }
      storage.agents.save(record)
      return record
    })
    return json(describeAgent(service, agent))
  })

  app.delete('/v1/agents/:id', async ({ req, json }) => {
    const agent = agentOf(service, req.param('id'))
    await service.runs.cancel(agent.id)
    storage.together(() => storage.agents.remove(agent.id))
    return json({ message: `Agent id=${agent.id} successfully deleted` })
  })

  app.patch('/v1/agents/:id/tools/attach/:tool', ({ req, json }) => {
    attach(service, req.param('id'), toolById(service, req.param('tool')))
    return json(null)
  })

  app.patch('/v1/agents/:id/tools/detach/:tool', ({ req, json }) => {
    detach(service, req.param('id'), req.param('tool'))
    return json(null)
  })

  app.get('/v1/agents/:id/tools', ({ req, json }) =>
    json(describeAgent(service, agentOf(service, req.param('id')))['tools']),
  )
}

function changedAgent(service: Service, agent: AgentRecord, body: Changes): AgentRecord {
  const tools = body.tool_ids?.map((id) => toolById(service, id))
  const blocks = body.block_ids?.map((id) => blockById(service, id))
  return {
    ...agent,
    name: body.name ?? agent.name,
    description: body.description ?? agent.description,
    system: body.system ?? agent.system,
    tags: body.tags ?? agent.tags,
    metadata: body.metadata ?? agent.metadata,
    temperature: body.model_settings?.temperature ?? agent.temperature,
    parallelToolCalls:
      body.parallel_tool_calls ??
      body.model_settings?.parallel_tool_calls ??
      agent.parallelToolCalls,
    toolIds: tools?.map((tool) => tool.id) ?? agent.toolIds,
    blockIds: blocks?.map((block) => block.id) ?? agent.blockIds,
    toolRules:
      body.tool_rules ??
      (tools === undefined ? agent.toolRules : withApprovalRules(agent.toolRules, tools)),
  }
}

/** A tool that wants approval brings its rule with it. */
function withApprovalRules(
  rules: readonly ToolRule[],
  tools: readonly ToolRecord[],
): readonly ToolRule[] {
  const has = (name: string): boolean =>
    rules.some((rule) => rule.type === 'requires_approval' && rule.tool_name === name)
  const more = tools
    .filter((tool) => tool.requiresApproval && !has(tool.name))
    .map((tool) => ({ tool_name: tool.name, type: 'requires_approval', prompt_template: null }))
  return [...rules, ...more]
}

function toolById({ storage }: Service, id: string): ToolRecord {
  const tool = storage.tools.get(id)
  if (tool === null) throw new Refusal(404, `Tool with ID ${id} not found`)
  return tool
}

function blockById({ storage }: Service, id: string): BlockRecord {
  const block = storage.blocks.get(id)
  if (block === null) throw new Refusal(404, `Block with ID ${id} not found`)
  return block
}

function attach(service: Service, agentId: string, tool: ToolRecord): void {
  const { storage } = service
  storage.together(() => {
    const agent = agentOf(service, agentId)
    const toolIds = [...new Set([...agent.toolIds, tool.id])]
    storage.agents.save({
      ...agent,
      toolIds,
      toolRules: withApprovalRules(agent.toolRules, [tool]),
    })
  })
}

/** Its approval rule goes with it: left behind, it would pause calls of a tool that is gone. */
function detach(service: Service, agentId: string, toolId: string): void {
  const { storage } = service
  storage.together(() => {
    const agent = agentOf(service, agentId)
    const name = storage.tools.get(toolId)?.name
    const toolIds = agent.toolIds.filter((id) => id !== toolId)
    const toolRules = agent.toolRules.filter(
      (rule) => rule.type !== 'requires_approval' || rule.tool_name !== name,
    )
    storage.agents.save({ ...agent, toolIds, toolRules })
  })
}

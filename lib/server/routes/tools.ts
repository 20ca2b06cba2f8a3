import type { Hono } from 'hono'
import * as z from 'zod'
import { HttpError } from '../errors.ts'
import { booleanParameter, describeEndpoint } from '../http/endpoint.ts'
import { newId } from '../ids.ts'
import { builtInTool, TOOL_NAME_REQUIRED } from '../messages/api.ts'
import type { ToolRecord } from '../records.ts'
import { requireTool, type Service } from '../service.ts'
import { toToolJson } from '../wire/records.ts'
import { containsText, isOneOf, isUnmatchable, texts, unmatchable } from './filters.ts'
import { pageQuery, paginate } from './paging.ts'
import { functionSchema } from './python-schema.ts'

const shape = z.looseObject({
  source_code: z.string(),
  source_type: z.string().nullish(),
  description: z.string().nullish(),
  json_schema: z
    .looseObject({ name: z.string().min(1), description: z.string().nullish() })
    .nullish(),
  default_requires_approval: z.boolean().nullish(),
  tags: z.array(z.string()).nullish(),
})

const updateShape = shape.partial()

const listQuery = pageQuery.extend({
  name: z.string().optional(),
  names: texts,
  tool_ids: texts,
  search: z.string().optional(),
  tool_types: texts,
  exclude_tool_types: texts,
  return_only_letta_tools: booleanParameter.optional(),
  ...unmatchable.shape,
})

function matchesFilters(tool: ToolRecord, query: z.output<typeof listQuery>): boolean {
  const { tool_type: type } = toToolJson(tool)
  return (
    !isUnmatchable(query) &&
    (query.name === undefined || tool.name === query.name) &&
    isOneOf(tool.name, query.names) &&
    isOneOf(tool.id, query.tool_ids) &&
    containsText(tool.name, query.search) &&
    isOneOf(type, query.tool_types) &&
    query.exclude_tool_types?.includes(type) !== true &&
    (query.return_only_letta_tools !== true || tool.builtIn)
  )
}

export function toolRoutes(app: Hono, service: Service): void {
  const { storage, now } = service
  const upsert = (body: z.output<typeof shape>): ToolRecord => {
    const schema = body.json_schema ?? functionSchema(body.source_code)
    if (schema === null) throw new HttpError(400, TOOL_NAME_REQUIRED)
    const { name } = schema
    return storage.transaction(() => {
      const known = storage.tools.findByName(name)
      if (known?.builtIn === true) throw builtInToolError(known)
      const description = body.description ?? schema.description ?? ''
      const tool: ToolRecord = {
        id: known?.id ?? newId('tool'),
        name,
        description,
        jsonSchema: schema,
        sourceCode: body.source_code,
        sourceType: body.source_type ?? 'python',
        requiresApproval: body.default_requires_approval ?? false,
        builtIn: false,
        tags: body.tags ?? [],
        createdAt: known?.createdAt ?? now().toISOString(),
      }
      storage.tools.put(tool)
      return tool
    })
  }
  const put = describeEndpoint({
    summary: 'Create a tool, or replace the one with its name',
    body: shape,
    response: 'tool',
  })
  app.put('/v1/tools', put, ({ req, json }) => json(toToolJson(upsert(req.valid('json')))))
  app.post('/v1/tools', put, ({ req, json }) => json(toToolJson(upsert(req.valid('json')))))
  const base = describeEndpoint({
    summary: 'List the tools of the server',
    response: ['tool'],
  })
  app.post('/v1/tools/add-base-tools', base, ({ json }) =>
    json(
      storage.tools
        .list(MAX_TOOLS)
        .filter((tool) => tool.builtIn)
        .map(toToolJson),
    ),
  )
  const list = describeEndpoint({
    summary: 'List tools',
    query: listQuery,
    response: ['tool'],
  })
  app.get('/v1/tools', list, ({ req, json }) => {
    const query = req.valid('query')
    const tools = storage.tools.list(MAX_TOOLS).filter((tool) => matchesFilters(tool, query))
    return json(paginate(tools, query).map(toToolJson))
  })
  const countTools = describeEndpoint({
    summary: 'Count tools',
    query: listQuery,
    response: 'count',
  })
  app.get('/v1/tools/count', countTools, ({ req, json }) => {
    const query = req.valid('query')
    return json(storage.tools.list(MAX_TOOLS).filter((tool) => matchesFilters(tool, query)).length)
  })
  const one = '/v1/tools/:tool_id'
  app.get(
    one,
    describeEndpoint({ summary: 'Retrieve a tool', response: 'tool' }),
    ({ req, json }) => json(toToolJson(requireTool(service, req.param('tool_id')))),
  )
  const update = describeEndpoint({ summary: 'Update a tool', body: updateShape, response: 'tool' })
  app.patch(one, update, ({ req, json }) => {
    const body = req.valid('json')
    const changed = storage.transaction(() => {
      const tool = requireTool(service, req.param('tool_id'))
      if (tool.builtIn) throw builtInToolError(tool)
      const next: ToolRecord = {
        ...tool,
        description: body.description ?? tool.description,
        jsonSchema: body.json_schema ?? tool.jsonSchema,
        sourceCode: body.source_code ?? tool.sourceCode,
        sourceType: body.source_type ?? tool.sourceType,
        requiresApproval: body.default_requires_approval ?? tool.requiresApproval,
        tags: body.tags ?? tool.tags,
      }
      storage.tools.put(next)
      return next
    })
    return json(toToolJson(changed))
  })
  app.delete(
    one,
    describeEndpoint({ summary: 'Delete a tool', response: 'nothing' }),
    ({ req, json }) => {
      const tool = requireTool(service, req.param('tool_id'))
      if (tool.builtIn) throw builtInToolError(tool)
      storage.tools.remove(tool.id)
      return json(null)
    },
  )
}

const MAX_TOOLS = 10_000

function builtInToolError({ name }: ToolRecord): HttpError {
  return new HttpError(409, builtInTool(name))
}

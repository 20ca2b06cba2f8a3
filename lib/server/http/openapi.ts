import type { RouterRoute } from 'hono/types'
import * as z from 'zod'
import { type IdPrefix, idPattern } from '../ids.ts'
import { eventSchema } from '../wire/events.ts'
import { responseSchemas } from '../wire/response-schemas.ts'
import { namedShapes } from '../wire/schema-types.ts'
import { type EndpointSpec, endpointOf } from './endpoint.ts'

type Json = Readonly<Record<string, unknown>>

export interface ApiInfo {
  readonly title: string
  readonly version: string
}

/** The OpenAPI document of the routes, made of the very schemas that check their requests. */
export function createOpenApiDocument(routes: readonly RouterRoute[], about: ApiInfo): Json {
  const paths: Record<string, Record<string, Json>> = {}
  const schemas: Record<string, unknown> = { Refusal: ERROR_SCHEMA }
  const names = z.registry<{ id: string }>()
  for (const [id, shape] of Object.entries(namedShapes)) names.add(shape, { id })
  const toResponseSchema: ResponseSchemaOf = (shape) => {
    const { $defs = {}, ...schema } = rewriteReferences(
      z.toJSONSchema(shape, { io: 'output', metadata: names }),
    )
    Object.assign(schemas, $defs)
    return schema
  }
  for (const { method, path, handler } of routes) {
    const endpoint = endpointOf(handler)
    if (endpoint === null) continue
    const written = path.replace(/:(\w+)/g, '{$1}')
    paths[written] = {
      ...paths[written],
      [method.toLowerCase()]: describeOperation(path, endpoint, toResponseSchema),
    }
  }
  return {
    openapi: '3.1.0',
    info: about,
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas,
    },
  }
}

/** Shapes that have a name stand in the document once, and are referred to. */
type ResponseSchemaOf = (shape: z.ZodType) => Json

const ERROR_SCHEMA = { type: 'object', required: ['detail'], properties: { detail: {} } }

function describeOperation(
  path: string,
  endpoint: EndpointSpec,
  answerSchema: ResponseSchemaOf,
): Json {
  const { summary, body, query } = endpoint
  const parameters = [...pathParameters(path), ...queryParameters(query)]
  return {
    summary,
    tags: [path.split('/')[2] ?? ''],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: describeRequestBody(body) }),
    responses: describeResponses(endpoint, answerSchema),
    ...(endpoint.isPublic === true ? { security: [] } : {}),
  }
}

function pathParameters(path: string): readonly Json[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => {
    const kind = ID_PARAMETERS[name]
    const pattern = kind === undefined ? {} : { pattern: idPattern(kind) }
    return { name, in: 'path', required: true, schema: { type: 'string', ...pattern } }
  })
}

const ID_PARAMETERS: Readonly<Record<string, IdPrefix>> = {
  agent_id: 'agent',
  block_id: 'block',
  tool_id: 'tool',
  run_id: 'run',
  step_id: 'step',
  // Not `conversation_id`: it may be `default` or the id of an agent.
}

function queryParameters(query: z.ZodObject | undefined): readonly Json[] {
  const { properties = {}, required = [] } = query === undefined ? {} : toInputSchema(query)
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
}

function describeRequestBody(body: z.ZodType): Json {
  const required = !body.safeParse({}).success
  return { required, content: { 'application/json': { schema: toInputSchema(body) } } }
}

function describeResponses(
  { responseType = 'json', response }: EndpointSpec,
  answerSchema: ResponseSchemaOf,
): Json {
  const content: Record<string, Json> = {}
  if (responseType !== 'events')
    content['application/json'] = { schema: answerSchema(findResponseSchema(response)) }
  if (responseType !== 'json')
    content['text/event-stream'] = { schema: describeEvent(answerSchema) }
  const refusal = { 'application/json': { schema: { $ref: '#/components/schemas/Refusal' } } }
  return {
    200: { description: 'Done', content },
    '4XX': { description: 'Refused', content: refusal },
  }
}

function findResponseSchema(answer: EndpointSpec['response']): z.ZodType {
  if (answer === undefined) return z.unknown()
  return typeof answer === 'string' ? responseSchemas[answer] : z.array(responseSchemas[answer[0]])
}

/** A server-sent event, as OpenAPI sees one: its `data` is text that holds JSON. */
function describeEvent(answerSchema: ResponseSchemaOf): Json {
  const contentSchema = answerSchema(eventSchema)
  const json = { contentMediaType: 'application/json', contentSchema }
  const data = { type: 'string', anyOf: [{ const: '[DONE]' }, json] }
  return { type: 'object', required: ['data'], properties: { event: { type: 'string' }, data } }
}

function toInputSchema(shape: z.ZodType) {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, { io: 'input' })
  return schema
}

function rewriteReferences(schema: object): Readonly<Record<string, object>> {
  const text = JSON.stringify({ ...schema, $schema: undefined })
  return Object(JSON.parse(text.replaceAll('"#/$defs/', '"#/components/schemas/')))
}

import type { RouterRoute } from 'hono/types'
import * as z from 'zod'
import type { JsonObject } from '../../util/is-record.ts'
import { type IdPrefix, idPattern } from '../ids.ts'
import { eventSchema } from '../wire/events.ts'
import { responseSchemas } from '../wire/response-schemas.ts'
import { namedShapes } from '../wire/schema-types.ts'
import { type EndpointSpec, endpointOf } from './endpoint.ts'

interface ApiInfo {
  readonly title: string
  readonly version: string
}

/** Generates the OpenAPI document of the routes from the schemas that validate their requests. */
export function createOpenApiDocument(routes: readonly RouterRoute[], about: ApiInfo): JsonObject {
  const paths: Record<string, Record<string, JsonObject>> = {}
  const schemas: Record<string, unknown> = { Error: ERROR_SCHEMA }
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

/** Converts a schema; named schemas are defined once in the document and referred to. */
type ResponseSchemaOf = (shape: z.ZodType) => JsonObject

const ERROR_SCHEMA = { type: 'object', required: ['detail'], properties: { detail: {} } }

function describeOperation(
  path: string,
  endpoint: EndpointSpec,
  answerSchema: ResponseSchemaOf,
): JsonObject {
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

function pathParameters(path: string): readonly JsonObject[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => {
    const prefix = ID_PARAMETERS[name]
    const pattern = prefix === undefined ? {} : { pattern: idPattern(prefix) }
    return { name, in: 'path', required: true, schema: { type: 'string', ...pattern } }
  })
}

const ID_PARAMETERS: Readonly<Record<string, IdPrefix>> = {
  agent_id: 'agent',
  block_id: 'block',
  tool_id: 'tool',
  run_id: 'run',
  step_id: 'step',
  // Not `conversation_id`: it can also be `default` or the id of an agent.
}

function queryParameters(query: z.ZodObject | undefined): readonly JsonObject[] {
  const { properties = {}, required = [] } = query === undefined ? {} : toInputSchema(query)
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
}

function describeRequestBody(body: z.ZodType): JsonObject {
  const required = !body.safeParse({}).success
  return { required, content: { 'application/json': { schema: toInputSchema(body) } } }
}

function describeResponses(
  { responseType = 'json', response }: EndpointSpec,
  answerSchema: ResponseSchemaOf,
): JsonObject {
  const content: Record<string, JsonObject> = {}
  if (responseType !== 'events')
    content['application/json'] = { schema: answerSchema(findResponseSchema(response)) }
  if (responseType !== 'json')
    content['text/event-stream'] = { schema: describeEvent(answerSchema) }
  const error = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } }
  return {
    200: { description: 'Success', content },
    '4XX': { description: 'Error', content: error },
  }
}

function findResponseSchema(answer: EndpointSpec['response']): z.ZodType {
  if (answer === undefined) return z.unknown()
  return typeof answer === 'string' ? responseSchemas[answer] : z.array(responseSchemas[answer[0]])
}

/** A server-sent event in the terms of OpenAPI: its `data` is a string that contains JSON. */
function describeEvent(answerSchema: ResponseSchemaOf): JsonObject {
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

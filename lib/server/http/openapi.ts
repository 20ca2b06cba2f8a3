import type { RouterRoute } from 'hono/types'
import * as z from 'zod'
import { idPattern, type Kind } from '../ids.ts'
import { eventAnswer } from '../wire/events.ts'
import { answers } from '../wire/response-schemas.ts'
import { namedShapes } from '../wire/schema-types.ts'
import { type Endpoint, endpointOf } from './endpoint.ts'

type Json = Readonly<Record<string, unknown>>

export interface About {
  readonly title: string
  readonly version: string
}

/** The OpenAPI document of the routes, made of the very schemas that check their requests. */
export function openApi(routes: readonly RouterRoute[], about: About): Json {
  const paths: Record<string, Record<string, Json>> = {}
  const schemas: Record<string, unknown> = { Refusal: REFUSAL }
  const names = z.registry<{ id: string }>()
  for (const [id, shape] of Object.entries(namedShapes)) names.add(shape, { id })
  const answerSchema: AnswerSchema = (shape) => {
    const { $defs = {}, ...schema } = refersToComponents(
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
      [method.toLowerCase()]: operation(path, endpoint, answerSchema),
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
type AnswerSchema = (shape: z.ZodType) => Json

const REFUSAL = { type: 'object', required: ['detail'], properties: { detail: {} } }

function operation(path: string, endpoint: Endpoint, answerSchema: AnswerSchema): Json {
  const { summary, body, query } = endpoint
  const parameters = [...pathParameters(path), ...queryParameters(query)]
  return {
    summary,
    tags: [path.split('/')[2] ?? ''],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: requestBody(body) }),
    responses: responses(endpoint, answerSchema),
    ...(endpoint.isOpen === true ? { security: [] } : {}),
  }
}

function pathParameters(path: string): readonly Json[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => {
    const kind = KINDS[name]
    const pattern = kind === undefined ? {} : { pattern: idPattern(kind) }
    return { name, in: 'path', required: true, schema: { type: 'string', ...pattern } }
  })
}

const KINDS: Readonly<Record<string, Kind>> = {
  agent_id: 'agent',
  block_id: 'block',
  tool_id: 'tool',
  run_id: 'run',
  step_id: 'step',
  // Not `conversation_id`: it may be `default` or the id of an agent.
}

function queryParameters(query: z.ZodObject | undefined): readonly Json[] {
  const { properties = {}, required = [] } = query === undefined ? {} : jsonSchema(query)
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
}

function requestBody(body: z.ZodType): Json {
  const required = !body.safeParse({}).success
  return { required, content: { 'application/json': { schema: jsonSchema(body) } } }
}

function responses({ gives = 'json', answer }: Endpoint, answerSchema: AnswerSchema): Json {
  const content: Record<string, Json> = {}
  if (gives !== 'events') content['application/json'] = { schema: answerSchema(shapeOf(answer)) }
  if (gives !== 'json') content['text/event-stream'] = { schema: sentEvent(answerSchema) }
  const refusal = { 'application/json': { schema: { $ref: '#/components/schemas/Refusal' } } }
  return {
    200: { description: 'Done', content },
    '4XX': { description: 'Refused', content: refusal },
  }
}

function shapeOf(answer: Endpoint['answer']): z.ZodType {
  if (answer === undefined) return z.unknown()
  return typeof answer === 'string' ? answers[answer] : z.array(answers[answer[0]])
}

/** A server-sent event, as OpenAPI sees one: its `data` is text that holds JSON. */
function sentEvent(answerSchema: AnswerSchema): Json {
  const contentSchema = answerSchema(eventAnswer)
  const json = { contentMediaType: 'application/json', contentSchema }
  const data = { type: 'string', anyOf: [{ const: '[DONE]' }, json] }
  return { type: 'object', required: ['data'], properties: { event: { type: 'string' }, data } }
}

function jsonSchema(shape: z.ZodType) {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, { io: 'input' })
  return schema
}

function refersToComponents(schema: object): Readonly<Record<string, object>> {
  const text = JSON.stringify({ ...schema, $schema: undefined })
  return Object(JSON.parse(text.replaceAll('"#/$defs/', '"#/components/schemas/')))
}

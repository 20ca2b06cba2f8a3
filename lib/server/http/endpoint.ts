import type { Env, MiddlewareHandler } from 'hono'
import * as z from 'zod'
import { validationError } from '../errors.ts'
import type { ResponseName } from '../wire/response-schemas.ts'
import { readJsonBody } from './body.ts'

/** Describes a route: validates its requests, and documents it in the OpenAPI document. */
export interface EndpointSpec<
  Body extends z.ZodType = z.ZodType,
  Query extends z.ZodObject = z.ZodObject,
> {
  readonly summary: string
  readonly body?: Body
  readonly query?: Query
  /** `events` for server-sent events; JSON when absent. */
  readonly responseType?: 'json' | 'events' | 'json or events'
  /** The name of the response's schema; in brackets, a list of these. */
  readonly response?: ResponseName | readonly [ResponseName]
  /** Needs no token. */
  readonly isPublic?: true
}

interface ValidatedInput<Body extends z.ZodType, Query extends z.ZodObject> {
  in: { json: z.output<Body>; query: z.output<Query> }
  out: { json: z.output<Body>; query: z.output<Query> }
}

type EndpointHandler<Body extends z.ZodType, Query extends z.ZodObject> = MiddlewareHandler<
  Env,
  string,
  ValidatedInput<Body, Query>
> & { readonly endpoint: EndpointSpec }

/**
 * The first handler of each route. It validates the request, so that the next handler reads the body from
 * `req.valid('json')` and the query from `req.valid('query')`.
 */
export function describeEndpoint<
  Body extends z.ZodType = z.ZodUnknown,
  Query extends z.ZodObject = z.ZodObject<Record<never, never>>,
>(spec: EndpointSpec<Body, Query>): EndpointHandler<Body, Query> {
  const { body, query } = spec
  const check: MiddlewareHandler<Env, string, ValidatedInput<Body, Query>> = async (
    { req },
    next,
  ) => {
    if (query !== undefined) req.addValidatedData('query', parseQuery(req.queries(), query))
    if (body !== undefined) {
      req.addValidatedData('json', Object(validate('body', body, await readJsonBody(req.raw))))
    }
    await next()
  }
  return Object.assign(check, { endpoint: spec })
}

/** The description of a handler; null when it has none. */
export function endpointOf(handler: object): EndpointSpec | null {
  return 'endpoint' in handler ? (handler.endpoint as EndpointSpec) : null
}

function parseQuery(given: Readonly<Record<string, string[]>>, shape: z.ZodObject): object {
  const values = Object.entries(shape.shape).flatMap(([name, schema]) => {
    const all = given[name]
    if (all === undefined) return []
    return [[name, isArraySchema(schema) ? all : all.at(-1)] as const]
  })
  return Object(validate('query', shape, Object.fromEntries(values)))
}

function isArraySchema(shape: z.core.$ZodType): boolean {
  const inner = shape instanceof z.ZodOptional ? shape.unwrap() : shape
  return inner instanceof z.ZodArray
}

/** The value, parsed by the schema. Throws a 422 as FastAPI does. */
function validate<Shape extends z.ZodType>(
  place: 'body' | 'query',
  shape: Shape,
  value: unknown,
): z.output<Shape> {
  const parsed = shape.safeParse(value)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.slice(0, MAX_REPORTED_ISSUES)
  throw validationError(
    issues.map(({ code, path, message }) => ({ type: code, loc: [place, ...path], msg: message })),
  )
}

const MAX_REPORTED_ISSUES = 20

/** A `limit` parameter; 0 and negative numbers mean the default. */
export const limitParameter = (defaultLimit: number) =>
  z.coerce
    .number()
    .int()
    .default(defaultLimit)
    .transform((limit) => (limit > 0 ? Math.min(limit, MAX_LIST_ITEMS) : defaultLimit))

const MAX_LIST_ITEMS = 1000

/** A boolean query parameter in the spellings that FastAPI accepts. */
export const booleanParameter = z
  .stringbool({ truthy: ['true', '1', 'yes', 'on'], falsy: ['false', '0', 'no', 'off'] })
  .meta({ type: 'boolean' })

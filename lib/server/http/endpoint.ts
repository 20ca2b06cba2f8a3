import type { Env, MiddlewareHandler } from 'hono'
import * as z from 'zod'
import { unprocessable } from '../errors.ts'
import type { AnswerName } from '../wire/response-schemas.ts'
import { jsonBody } from './body.ts'

/** What a route is for and takes: checked before it runs, and told in the OpenAPI document. */
export interface Endpoint<
  Body extends z.ZodType = z.ZodType,
  Query extends z.ZodObject = z.ZodObject,
> {
  readonly summary: string
  readonly body?: Body
  readonly query?: Query
  /** `events` for server-sent events; JSON unless told. */
  readonly gives?: 'json' | 'events' | 'json or events'
  /** The JSON it answers with; in brackets, a list of these. */
  readonly answer?: AnswerName | readonly [AnswerName]
  /** Answers whoever asks, without a token. */
  readonly isOpen?: true
}

interface Taken<Body extends z.ZodType, Query extends z.ZodObject> {
  in: { json: z.output<Body>; query: z.output<Query> }
  out: { json: z.output<Body>; query: z.output<Query> }
}

type Described<Body extends z.ZodType, Query extends z.ZodObject> = MiddlewareHandler<
  Env,
  string,
  Taken<Body, Query>
> & { readonly endpoint: Endpoint }

/** Stands first in each route: its handler finds what fits in `req.valid('json')` and `req.valid('query')`. */
export function endpoint<
  Body extends z.ZodType = z.ZodUnknown,
  Query extends z.ZodObject = z.ZodObject<Record<never, never>>,
>(described: Endpoint<Body, Query>): Described<Body, Query> {
  const { body, query } = described
  const check: MiddlewareHandler<Env, string, Taken<Body, Query>> = async ({ req }, next) => {
    if (query !== undefined) req.addValidatedData('query', queryOf(req.queries(), query))
    if (body !== undefined) {
      req.addValidatedData('json', Object(fitting('body', body, await jsonBody(req.raw))))
    }
    await next()
  }
  return Object.assign(check, { endpoint: described })
}

/** What a handler was described with; null for one that is no endpoint. */
export function endpointOf(handler: object): Endpoint | null {
  return 'endpoint' in handler ? (handler.endpoint as Endpoint) : null
}

function queryOf(given: Readonly<Record<string, string[]>>, shape: z.ZodObject): object {
  const values = Object.entries(shape.shape).flatMap(([name, wanted]) => {
    const all = given[name]
    if (all === undefined) return []
    return [[name, isList(wanted) ? all : all.at(-1)] as const]
  })
  return Object(fitting('query', shape, Object.fromEntries(values)))
}

function isList(shape: z.core.$ZodType): boolean {
  const inner = shape instanceof z.ZodOptional ? shape.unwrap() : shape
  return inner instanceof z.ZodArray
}

/** The value as the schema wants it; else FastAPI's 422. */
function fitting<Shape extends z.ZodType>(
  place: 'body' | 'query',
  shape: Shape,
  value: unknown,
): z.output<Shape> {
  const parsed = shape.safeParse(value)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.slice(0, MOST_COMPLAINTS)
  throw unprocessable(
    issues.map(({ code, path, message }) => ({ type: code, loc: [place, ...path], msg: message })),
  )
}

const MOST_COMPLAINTS = 20

/** How many to list. */
export const listLimit = (usual: number) =>
  z.coerce
    .number()
    .int()
    .default(usual)
    .transform((limit) => (limit > 0 ? Math.min(limit, LONGEST_LIST) : usual))

const LONGEST_LIST = 1000

/** As FastAPI reads a truth of a query. */
export const flag = z
  .stringbool({ truthy: ['true', '1', 'yes', 'on'], falsy: ['false', '0', 'no', 'off'] })
  .meta({ type: 'boolean' })

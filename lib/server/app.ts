import { timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import { UserError } from '../util/user-error.ts'
import { HttpError, withHint } from './errors.ts'
import { describeEndpoint, endpointOf } from './http/endpoint.ts'
import { newId } from './ids.ts'
import type { Provider } from './providers/provider.ts'
import type { ToolRecord } from './records.ts'
import { agentToolRoutes } from './routes/agent-tools.ts'
import { agentRoutes } from './routes/agents.ts'
import { blockRoutes } from './routes/blocks.ts'
import { compactionRoutes } from './routes/compaction.ts'
import { contextRoutes } from './routes/context.ts'
import { conversationMessageRoutes } from './routes/conversation-messages.ts'
import { conversationRoutes } from './routes/conversations.ts'
import { messageSearchRoutes } from './routes/message-search.ts'
import { messageRoutes } from './routes/messages.ts'
import { modelRoutes } from './routes/models.ts'
import { passageRoutes } from './routes/passages.ts'
import { runRoutes } from './routes/runs.ts'
import { stepRoutes } from './routes/steps.ts'
import { toolRoutes } from './routes/tools.ts'
import { createRuns } from './runs/runs.ts'
import { createBuiltInRecords } from './server-tools/built-in-tools.ts'
import { resolveModel, type Service } from './service.ts'
import { openStorage, type Storage } from './storage/storage.ts'

export interface ServerOptions {
  /** The database file; `:memory:` for none. */
  readonly database: string
  readonly providers: readonly Provider[]
  now?(): number
  /** Bearer token wanted on every route but health; none in process. */
  readonly token?: string
  /** Hears what the user should know, e.g. of a damaged database that was set aside. */
  tell?(notice: string): void
}

export interface LettaServer {
  fetch(request: Request): Promise<Response>
  /** Ends what runs, and closes the database. */
  close(): Promise<void>
}

/** The Letta API in this process: `Request` in, `Response` out. */
export async function openServer(options: ServerOptions): Promise<LettaServer> {
  const now = (): Date => new Date(options.now?.() ?? Date.now())
  const { providers } = options
  const storage = openStorage(options.database, options.tell)
  saveBuiltInTools(storage, now())
  const runs = createRuns({
    storage,
    now,
    resolveModel: (handle) => resolveModel(providers, handle),
  })
  const app = createApp({ storage, runs, providers, now }, options.token ?? null)
  // Nobody else holds on to requests; the garbage collector would take them, and with them word that a reader has left.
  const asked = new WeakMap<object, readonly Request[]>()
  return {
    async fetch(request) {
      const plain = withoutTrailingSlash(request)
      const response = await app.fetch(plain)
      if (response.body !== null) asked.set(response.body, [request, plain])
      return response
    },
    async close() {
      await runs.close()
      storage.close()
    },
  }
}

/** All routes, over what they work with. */
export function createApp(service: Service, token: string | null): Hono {
  const app = new Hono()
  const health = describeEndpoint({
    summary: 'Tell whether the server is up',
    response: 'health',
    isPublic: true,
  })
  app.get('/v1/health', health, ({ json }) => json({ version: API_VERSION, status: 'ok' }))
  app.use(async ({ req, json }, next) => {
    if (token === null || isAuthorized(req.header('authorization'), token)) return next()
    return json({ detail: 'Unauthorized' }, 401)
  })
  agentRoutes(app, service)
  agentToolRoutes(app, service)
  blockRoutes(app, service)
  toolRoutes(app, service)
  modelRoutes(app, service)
  messageRoutes(app, service)
  conversationRoutes(app, service)
  conversationMessageRoutes(app, service)
  compactionRoutes(app, service)
  contextRoutes(app, service)
  messageSearchRoutes(app, service)
  passageRoutes(app, service)
  runRoutes(app, service)
  stepRoutes(app, service)
  addOpenApiRoute(app)
  app.notFound(({ req, json }) => {
    const allowed = allowedMethods(app, req.path)
    if (allowed.length === 0) return json({ detail: 'Not Found' }, 404)
    return json({ detail: 'Method Not Allowed' }, 405, { allow: allowed.join(', ') })
  })
  app.onError((error) => toErrorResponse(error))
  return app
}

/** The Letta server that this one stands in for. */
const API_VERSION = '0.16.8'

function addOpenApiRoute(app: Hono): void {
  const described = describeEndpoint({
    summary: 'Describe the API',
    response: 'openApi',
  })
  app.get('/openapi.json', described, async ({ json }) => {
    // The shapes of all answers take their time, and only who asks for this needs them.
    const { createOpenApiDocument } = await import('./http/openapi.ts')
    return json(
      createOpenApiDocument(app.routes, { title: 'Letta, embedded', version: API_VERSION }),
    )
  })
}

function allowedMethods(app: Hono, path: string): readonly string[] {
  return ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((method) =>
    app.router.match(method, path)[0].some(([[handler]]) => endpointOf(handler) !== null),
  )
}

/** A refusal says why, trouble what it is; never a stack. */
export function toErrorResponse(error: Error): Response {
  const [status, body] =
    error instanceof HttpError
      ? [error.status, error.body]
      : [500, { detail: error instanceof UserError ? withHint(error) : unknown(error) }]
  // The SDK repeats conflicts and failures by itself; here they would be the same again, or a message said twice.
  return Response.json(body, { status, headers: { 'x-should-retry': 'false' } })
}

function unknown({ message }: Error): string {
  return `An unknown error occurred: ${message}`
}

function isAuthorized(header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

/** Clients write some collections with a slash at the end, some without. */
function withoutTrailingSlash(request: Request): Request {
  const url = new URL(request.url)
  if (!url.pathname.endsWith('/') || url.pathname === '/') return request
  url.pathname = url.pathname.slice(0, -1)
  return new Request(url, request)
}

/** Written only when this letta has others than the last: most starts wait for nobody's lock. */
function saveBuiltInTools(storage: Storage, now: Date): void {
  const idOf = (name: string): string => storage.tools.named(name)?.id ?? newId('tool')
  const isStored = (tool: ToolRecord): boolean => {
    const stored = storage.tools.get(tool.id)
    return (
      JSON.stringify({ ...stored, createdAt: '' }) === JSON.stringify({ ...tool, createdAt: '' })
    )
  }
  const changed = () =>
    createBuiltInRecords(idOf, now.toISOString()).filter((tool) => !isStored(tool))
  if (changed().length === 0) return
  storage.transaction(() => {
    for (const tool of changed()) storage.tools.put(tool)
  })
}

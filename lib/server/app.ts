import { timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import { unlessAborted } from '../util/unless-aborted.ts'
import { UserError } from '../util/user-error.ts'
import { HttpError, withHint } from './errors.ts'
import { describeEndpoint, endpointOf } from './http/endpoint.ts'
import { newId } from './ids.ts'
import { METHOD_NOT_ALLOWED, NOT_FOUND, UNAUTHORIZED, unknownError } from './messages/api.ts'
import { SERVER_CLOSED } from './messages/serve.ts'
import type { Provider } from './providers/provider.ts'
import type { ToolRecord } from './records.ts'
import { agentFileRoutes } from './routes/agent-file.ts'
import { agentToolRoutes } from './routes/agent-tools.ts'
import { agentRoutes } from './routes/agents.ts'
import { blockVersionRoutes } from './routes/block-versions.ts'
import { blockRoutes } from './routes/blocks.ts'
import { compactionRoutes } from './routes/compaction.ts'
import { contextRoutes } from './routes/context.ts'
import { conversationMessageRoutes } from './routes/conversation-messages.ts'
import { conversationRoutes } from './routes/conversations.ts'
import { leaseRoutes } from './routes/leases.ts'
import { messageSearchRoutes } from './routes/message-search.ts'
import { messageRoutes } from './routes/messages.ts'
import { modelRoutes } from './routes/models.ts'
import { passageRoutes } from './routes/passages.ts'
import { retryRoutes } from './routes/retry.ts'
import { runRoutes } from './routes/runs.ts'
import { stepRoutes } from './routes/steps.ts'
import { toolRoutes } from './routes/tools.ts'
import { unsupportedRoutes } from './routes/unsupported.ts'
import { createRuns } from './runs/runs.ts'
import { createServerBackups, isDestructive } from './server-backups.ts'
import { createBuiltInRecords } from './server-tools/built-in-tools.ts'
import { resolveHandle, type Service } from './service.ts'
import { DEFAULT_RETENTION } from './storage/block-versions.ts'
import { openStorageUnblocked, type Storage } from './storage/storage.ts'

export interface ServerOptions {
  /** The database file; `:memory:` keeps nothing on disk. */
  readonly database: string
  readonly providers: readonly Provider[]
  /** Days for which every version of a memory block is retained; of older ones, the last of each day. */
  readonly historyDays?: number
  /** The size of all backups of the database together; none are made when absent. */
  readonly maxBackupBytes?: number
  /** The share of the context window from which on older messages are summarized. */
  readonly compactAt?: number
  now?(): number
  /** The bearer token that every route but health requires; none in process. */
  readonly token?: string
  /** Called with what the user should know, for example that a corrupt database was moved. */
  onNotice?(notice: string): void
}

export interface LettaServer {
  fetch(request: Request): Promise<Response>
  /** Differs after each change of the database, by this process or another one. */
  changeStamp(): string
  /** Cancels all runs, waits for their end, and closes the database. Later requests get a 503. */
  close(): Promise<void>
}

/** The Letta API in this process: `Request` in, `Response` out. */
export async function openServer(options: ServerOptions): Promise<LettaServer> {
  const now = (): Date => new Date(options.now?.() ?? Date.now())
  const { providers } = options
  const days = options.historyDays ?? DEFAULT_RETENTION.days
  const backups = options.database === ':memory:' ? null : createServerBackups(options)
  await backups?.beforeMigration()
  const storage = await openStorageUnblocked(options.database, options.onNotice, { days })
  await storage.untilWritable()
  backups?.start(storage)
  saveBuiltInTools(storage, now())
  const runs = createRuns({
    storage,
    now,
    resolveModel: (handle) => resolveHandle(providers, handle),
    ...(options.compactAt === undefined ? {} : { compactAt: options.compactAt }),
  })
  const app = createApp({ storage, runs, providers, now }, options.token ?? null)
  // Nothing else refers to the requests: collected as garbage, their signals would not abort when a reader leaves.
  const requests = new WeakMap<object, readonly Request[]>()
  let isClosed = false
  return {
    async fetch(request) {
      if (isClosed) return toErrorResponse(new HttpError(503, SERVER_CLOSED))
      const plain = withoutTrailingSlash(request)
      if (!['GET', 'HEAD'].includes(plain.method)) {
        const writable = storage.untilWritable().then(() => null, toErrorResponse)
        const refused = await unlessAborted(writable, plain.signal)
        if (refused !== null) return refused
      }
      if (isDestructive(plain, storage)) await backups?.beforeDeletion()
      const response = await app.fetch(plain)
      if (response.body !== null) requests.set(response.body, [request, plain])
      return response
    },
    changeStamp: () => (isClosed ? '' : storage.changeStamp()),
    async close() {
      isClosed = true
      await runs.close()
      await backups?.close(storage)
      storage.close()
    },
  }
}

/**
 * The Hono application with all routes.
 * @internal
 */
export function createApp(service: Service, token: string | null): Hono {
  const app = new Hono()
  const health = describeEndpoint({
    summary: 'Health check',
    response: 'health',
    isPublic: true,
  })
  app.get('/v1/health', health, ({ json }) => json({ version: API_VERSION, status: 'ok' }))
  app.use(async ({ req, json }, next) => {
    if (token === null || isAuthorized(req.header('authorization'), token)) return next()
    return json({ detail: UNAUTHORIZED }, 401)
  })
  agentFileRoutes(app, service)
  agentRoutes(app, service)
  agentToolRoutes(app, service)
  blockVersionRoutes(app, service)
  blockRoutes(app, service)
  toolRoutes(app, service)
  modelRoutes(app, service)
  messageRoutes(app, service)
  conversationRoutes(app, service)
  conversationMessageRoutes(app, service)
  compactionRoutes(app, service)
  contextRoutes(app, service)
  leaseRoutes(app, service)
  retryRoutes(app, service)
  messageSearchRoutes(app, service)
  passageRoutes(app, service)
  runRoutes(app, service)
  stepRoutes(app, service)
  unsupportedRoutes(app, service)
  addOpenApiRoute(app)
  app.notFound(({ req, json }) => {
    const allowed = allowedMethods(app, req.path)
    if (allowed.length === 0) return json({ detail: NOT_FOUND }, 404)
    return json({ detail: METHOD_NOT_ALLOWED }, 405, { allow: allowed.join(', ') })
  })
  app.onError((error) => toErrorResponse(error))
  return app
}

/** The version of Letta server whose API this server implements. */
const API_VERSION = '0.16.8'

function addOpenApiRoute(app: Hono): void {
  const described = describeEndpoint({
    summary: 'Get this OpenAPI document',
    response: 'openApi',
  })
  app.get('/openapi.json', described, async ({ json }) => {
    // The schemas of all responses are slow to load, and only this document needs them.
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

/** The HTTP response to an error: its message and hint, never a stack. */
export function toErrorResponse(error: Error): Response {
  const [status, body] =
    error instanceof HttpError
      ? [error.status, error.body]
      : [
          500,
          { detail: error instanceof UserError ? withHint(error) : unknownError(error.message) },
        ]
  // The SDK retries conflicts and failures automatically. Here they would fail again, or send a message twice.
  return Response.json(body, { status, headers: { 'x-should-retry': 'false' } })
}

function isAuthorized(header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? '')
  const expected = Buffer.from(`Bearer ${token}`)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** Clients request some collections with a trailing slash, some without. */
function withoutTrailingSlash(request: Request): Request {
  const url = new URL(request.url)
  if (!url.pathname.endsWith('/') || url.pathname === '/') return request
  url.pathname = url.pathname.slice(0, -1)
  return new Request(url, request)
}

/** Saves the server's own tools when they have changed since the last start. Most starts do not wait for a lock. */
function saveBuiltInTools(storage: Storage, now: Date): void {
  const idOf = (name: string): string => storage.tools.findByName(name)?.id ?? newId('tool')
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

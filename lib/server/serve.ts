import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { UserError } from '../util/user-error.ts'
import { openServer, type ServerOptions, toErrorResponse } from './app.ts'
import { HttpError } from './errors.ts'
import { allowedHosts, guardRequest, isLoopback } from './http/request-guard.ts'

export interface ServeOptions extends ServerOptions {
  /** An address of this machine: `127.0.0.1`, `::1`, `0.0.0.0` … */
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** Bearer token wanted on every route but health. */
  readonly token: string
}

export interface ServedLetta {
  readonly url: string
  /** Whether other machines can reach it. */
  readonly isPublic: boolean
  /** Ends what runs, closes connections and the database. */
  close(): Promise<void>
}

/** The embedded server on a port. Throws a `Problem` when the address cannot be had. */
export async function serve(options: ServeOptions): Promise<ServedLetta> {
  const letta = await openServer(options)
  let hosts: ReadonlySet<string> | null = new Set()
  const app = new Hono()
  app.onError((error) => toErrorResponse(error))
  app.use(async ({ req }, next) => {
    guardRequest(req.raw, hosts)
    await next()
  })
  app.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError: () => toErrorResponse(TOO_LARGE) }))
  app.all('*', async ({ req }) => ignoreDisconnect(await letta.fetch(req.raw), req.raw.signal))
  const server = httpServer(app)
  try {
    await listen(server, options)
  } catch (thrown) {
    await letta.close()
    throw thrown
  }
  const port = portOf(server)
  hosts = allowedHosts(options.host, port)
  const name = options.host.includes(':') ? `[${options.host}]` : options.host
  return {
    url: `http://${name}:${port}`,
    isPublic: !isLoopback(options.host),
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
      // Streams end with their last event first.
      await letta.close()
      server.closeIdleConnections()
      const giveUp = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS)
      await closed
      clearTimeout(giveUp)
    },
  }
}

/** A reader that has gone is no trouble: in one process it must learn of its own leaving, over a wire nobody listens. */
function ignoreDisconnect(response: Response, signal: AbortSignal): Response {
  const { body } = response
  if (body === null) return response
  const parts = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield* body
    } catch (thrown) {
      if (!signal.aborted) throw thrown
    }
  }
  return new Response(ReadableStream.from(parts()), response)
}

/** A message may carry pictures; nothing else is near this. */
const MAX_BODY_BYTES = 10 * 1024 * 1024
const TOO_LARGE = new HttpError(413, `Bodies end at ${MAX_BODY_BYTES} bytes here.`)

const CLOSE_TIMEOUT_MS = 1_000

function httpServer(app: Hono): Server {
  // Clients keep idle connections for as long: Node's five seconds close some in the moment they are used again.
  const options = { headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 120_000 }
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions: options })
  // Only HTTP/1 is asked for.
  return server as Server
}

function listen(server: Server, { host, port }: ServeOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(toListenError(error, host, port)))
    server.listen(port, host, resolve)
  })
}

function toListenError(error: NodeJS.ErrnoException, host: string, port: number): UserError {
  const place = `${host}:${port}`
  if (error.code === 'EADDRINUSE') {
    return new UserError(`Something listens on ${place} already.`, {
      hint: 'Another letta serve may run; or take a free port: letta serve --port 0',
      cause: error,
    })
  }
  return new UserError(`Cannot listen on ${place}: ${error.message}`, {
    hint: 'Name an address of this machine: letta serve --host 127.0.0.1 --port 8283',
    cause: error,
  })
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

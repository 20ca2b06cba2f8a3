import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { isErrno } from '../fs/errno.ts'
import { isLoopbackHost } from '../util/loopback.ts'
import { createUserError, type UserError } from '../util/user-error.ts'
import { openServer, type ServerOptions, toErrorResponse } from './app.ts'
import { HttpError } from './errors.ts'
import { allowedHosts, guardRequest } from './http/request-guard.ts'
import { addressInUse, bodyTooLarge, cannotListen } from './messages/serve.ts'

interface ServeOptions extends ServerOptions {
  /** A local address, for example `127.0.0.1`, `::1` or `0.0.0.0`. */
  readonly host: string
  /** 0 selects a free port. */
  readonly port: number
  /** The bearer token that every route but health requires. */
  readonly token: string
}

export interface ServedLetta {
  readonly url: string
  /** Whether other machines can connect. */
  readonly isPublic: boolean
  /** Cancels all runs, then closes the connections and the database. */
  close(): Promise<void>
}

/** Starts the embedded server on a port. Throws a `UserError` when it cannot listen on the address. */
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
  const server = createHttpServer(app)
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
    isPublic: !isLoopbackHost(options.host),
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
      // Closing the server first lets streams send their last event.
      await letta.close()
      server.closeIdleConnections()
      const timeout = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS)
      await closed
      clearTimeout(timeout)
    },
  }
}

/** Ends the body quietly when its reader has left: in one process the reader expects the error, but over HTTP it only ends the connection. */
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

/** Large enough for a message with images. */
const MAX_BODY_BYTES = 10 * 1024 * 1024
const TOO_LARGE = new HttpError(413, bodyTooLarge(MAX_BODY_BYTES))

const CLOSE_TIMEOUT_MS = 1_000

function createHttpServer(app: Hono): Server {
  // Clients keep idle connections this long. Node's default of five seconds closes some just when they are reused.
  const options = { headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 120_000 }
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions: options })
  // The type covers HTTP/2 too, which is not requested here.
  return server as Server
}

function listen(server: Server, { host, port }: ServeOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(toListenError(error, host, port)))
    server.listen(port, host, resolve)
  })
}

function toListenError(error: Error, host: string, port: number): UserError {
  const address = `${host}:${port}`
  const message = isErrno(error, 'EADDRINUSE')
    ? addressInUse(address)
    : cannotListen(address, error.message)
  return createUserError(message, error)
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

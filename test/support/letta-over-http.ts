import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type LettaServer, openServer } from '../../lib/server/app.ts'
import { type ScriptedProvider, scriptedProvider } from './scripted-provider.ts'

/** The embedded server as a self-hosted one: real HTTP on loopback, over connections that break on demand. */
export interface LettaOverHttp {
  readonly url: string
  readonly model: ScriptedProvider
  /** `METHOD path` of each request, in the order of arrival. */
  readonly requests: readonly string[]
  close(): Promise<void>
}

export interface OverHttpOptions {
  /** The database file; in memory by default. */
  readonly database?: string
  readonly model?: ScriptedProvider
  /** Bytes after which the first, second … streamed answer breaks. Answers beyond the list are complete. */
  readonly cuts?: readonly number[]
  /** A cut connection stays open, without further bytes. */
  readonly silent?: boolean
  readonly token?: string
  /** Requests to paths that end with this text are never answered. */
  readonly unansweredPath?: string
  /** The first request to a path that ends with this text is refused, with the wish to wait for 20 seconds. */
  readonly busyPath?: string
  /** False: like Letta server, which stores no versions of blocks and honours no entity tags. */
  readonly versions?: boolean
  /** False: like an older server, which has no routes for conversations. */
  readonly conversations?: boolean
  /** What the server sends instead of this body: one that deceives its clients. */
  falsify?(path: string, body: string): string
}

export async function lettaOverHttp(options: OverHttpOptions = {}): Promise<LettaOverHttp> {
  const { model = scriptedProvider(), database = ':memory:', token } = options
  const cuts = [...(options.cuts ?? [])]
  const letta = await openServer({
    database,
    providers: [model],
    ...(token === undefined ? {} : { token }),
  })
  const requests: string[] = []
  let { busyPath = NO_PATH } = options
  const cut = options.silent === true ? untilClosed : breakOff
  const nextCut = (): number => cuts.shift() ?? Number.POSITIVE_INFINITY
  const server = createServer((incoming, outgoing) => {
    const { pathname } = new URL(incoming.url ?? '/', ORIGIN)
    requests.push(`${incoming.method} ${pathname}`)
    if (options.unansweredPath !== undefined && pathname.endsWith(options.unansweredPath)) return
    if (pathname.endsWith(busyPath)) {
      busyPath = NO_PATH
      const headers = { 'content-type': 'application/json', 'retry-after': '20' }
      outgoing.writeHead(429, headers).end('{"detail":"slow down"}')
      return
    }
    if (options.versions === false) {
      for (const name of ['if-match', 'if-none-match', 'x-letta-change']) {
        delete incoming.headers[name]
      }
      if (/^\/v1\/blocks\/([^/]+\/versions|deleted)/.test(pathname)) {
        notFound(outgoing)
        return
      }
    }
    if (options.conversations === false && pathname.startsWith('/v1/conversations')) {
      notFound(outgoing)
      return
    }
    const { falsify } = options
    if (falsify === undefined) void answer(letta, { incoming, outgoing, nextCut, cut })
    else
      void answerFalsely(letta, { incoming, outgoing, falsify: (body) => falsify(pathname, body) })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    model,
    requests,
    async close() {
      await letta.close()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

function notFound(outgoing: ServerResponse): void {
  outgoing.writeHead(404, { 'content-type': 'application/json' }).end('{"detail":"Not Found"}')
}

const NO_PATH = '(none)'
const ORIGIN = 'http://127.0.0.1'

interface Exchange {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  nextCut(): number
  /** Ends or stalls a connection at its cut. */
  cut(outgoing: ServerResponse): void | Promise<void>
}

async function answer(letta: LettaServer, exchange: Exchange): Promise<void> {
  const { incoming, outgoing, nextCut } = exchange
  const left = new AbortController()
  outgoing.on('close', () => left.abort())
  const response = await letta.fetch(await requestOf(incoming, left.signal))
  const isStream = response.headers.get('content-type') === 'text/event-stream'
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  outgoing.flushHeaders()
  try {
    await send(response, exchange, isStream ? nextCut() : Number.POSITIVE_INFINITY)
  } catch (thrown) {
    if (!left.signal.aborted) throw thrown
  }
}

async function answerFalsely(
  letta: LettaServer,
  { incoming, outgoing, falsify }: Pick<Exchange, 'incoming' | 'outgoing'> & Falsifying,
): Promise<void> {
  const response = await letta.fetch(await requestOf(incoming, new AbortController().signal))
  const headers = Object.fromEntries(response.headers)
  delete headers['content-length']
  const body = falsify(await response.text())
  outgoing.writeHead(response.status, headers).end(body)
}

interface Falsifying {
  falsify(body: string): string
}

function breakOff(outgoing: ServerResponse): void {
  outgoing.destroy()
}

function untilClosed(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => outgoing.once('close', () => resolve()))
}

async function send(response: Response, { outgoing, cut }: Exchange, bytes: number): Promise<void> {
  let left = bytes
  for await (const chunk of response.body ?? []) {
    await written(outgoing, chunk.slice(0, left))
    left -= chunk.length
    if (left > 0) continue
    return cut(outgoing)
  }
  outgoing.end()
}

function written(outgoing: ServerResponse, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    outgoing.write(chunk, () => resolve())
  })
}

async function requestOf(incoming: IncomingMessage, signal: AbortSignal): Promise<Request> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value))
  const { url = '/', method = 'GET' } = incoming
  const init = { method, headers, signal }
  return new Request(new URL(url, ORIGIN), body.length === 0 ? init : { ...init, body })
}

// A model provider for tests: real HTTP on loopback, with answers from a script.
// Manually: node --import tsx test/support/model-endpoint.ts --port 8399 --script script.json
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { chatCompletions } from './model-endpoint/chat-completions.ts'
import { generateContent } from './model-endpoint/generate-content.ts'
import { messages } from './model-endpoint/messages.ts'
import { responses } from './model-endpoint/responses.ts'
import type { Script, ScriptedAnswer, WireDialect, WireFrame } from './model-endpoint/script.ts'

export type { Script, ScriptedAnswer } from './model-endpoint/script.ts'

/** A request for an answer in any of the provider formats, with the members that the endpoint itself reads. */
export interface RequestBody {
  readonly model?: string
  readonly stream?: boolean
  readonly stream_options?: { readonly include_usage?: boolean }
  readonly system?: unknown
  readonly messages?: readonly RequestMessage[]
  readonly input?: readonly RequestMessage[]
  readonly tools?: readonly unknown[]
  readonly [name: string]: unknown
}

interface RequestMessage {
  readonly role?: string
  readonly content?: unknown
  readonly [name: string]: unknown
}

export interface RecordedRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: RequestBody
  /** Whether the client received the complete answer. */
  readonly outcome: Promise<'answered' | 'aborted'>
}

export interface ModelEndpoint {
  /** Base URL with `/v1`, as for `OPENAI_BASE_URL` and `ANTHROPIC_BASE_URL`. */
  readonly url: string
  readonly port: number
  /** Requests for answers, in the order of arrival, without those for lists. */
  readonly requests: readonly RecordedRequest[]
  /** Replaces the remaining script, and clears the requests. */
  setTurns(turns: readonly ScriptedAnswer[]): void
  addTurns(turns: readonly ScriptedAnswer[]): void
  /** The number of turns that no request has used yet. */
  remaining(): number
  close(): Promise<void>
}

const dialects: Readonly<Record<string, WireDialect>> = {
  '/v1/chat/completions': chatCompletions,
  '/v1/messages': messages,
  '/v1/responses': responses,
}

/** Google's path contains the model and whether the answer is streamed. */
function dialectOf(path: string): WireDialect | undefined {
  return /^\/v1\/models\/[^/]+:(stream)?generateContent$/i.test(path)
    ? generateContent
    : dialects[path]
}

export async function startModelEndpoint(
  script: Script | readonly ScriptedAnswer[] = [],
  options: { readonly port?: number; readonly closesConnections?: boolean } = {},
): Promise<ModelEndpoint> {
  const { turns, ...settings }: Script = 'turns' in script ? script : { turns: script }
  const state: State = { settings, turns: [...turns], requests: [], last: null }
  const server = createServer((request, response) => {
    if (options.closesConnections === true) response.shouldKeepAlive = false
    void answer(state, request, response)
  })
  // Clients pool connections. Node would close idle ones after 5 s, so that a request on one of them is lost.
  server.keepAliveTimeout = 120_000
  await new Promise<void>((resolve) => {
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/v1`,
    port,
    requests: state.requests,
    setTurns(next) {
      state.turns = [...next]
      state.requests.length = 0
    },
    addTurns: (more) => void state.turns.push(...more),
    remaining: () => state.turns.filter((turn) => turn.sticky !== true).length,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface State {
  readonly settings: Omit<Script, 'turns'>
  turns: ScriptedAnswer[]
  readonly requests: RecordedRequest[]
  last: ScriptedAnswer | null
}

async function answer(state: State, request: IncomingMessage, response: ServerResponse) {
  const path = new URL(request.url ?? '/', 'http://endpoint').pathname
  const body = await bodyOf(request)
  const dialect = dialectOf(path)
  if (request.method === 'POST' && dialect !== undefined) {
    return model(state, dialect, { path, body }, request, response)
  }
  const posted = state.settings.posts?.[path]?.[body.model ?? '']
  if (posted !== undefined) return send(response, 200, posted)
  const { lists } = state.settings
  if (path === '/v1/models' && lists !== undefined) {
    return send(response, lists.status, lists.body ?? { error: { message: 'scripted refusal' } })
  }
  const listed = path === '/v1/models' ? modelList(state) : state.settings.routes?.[path]
  if (listed !== undefined) return send(response, 200, listed)
  return send(response, 404, { error: { message: `Unknown route ${path}`, type: 'not_found' } })
}

async function model(
  state: State,
  dialect: WireDialect,
  { path, body }: { path: string; body: RequestBody },
  request: IncomingMessage,
  response: ServerResponse,
) {
  const outcome = new Promise<'answered' | 'aborted'>((resolve) => {
    response.on('close', () => resolve(response.writableFinished ? 'answered' : 'aborted'))
  })
  const method = request.method ?? ''
  const number = state.requests.push({ method, path, headers: request.headers, body, outcome })
  const turn = takeTurn(state, body)
  if (turn.firstDelayMs !== undefined) await pause(turn.firstDelayMs)
  await turn.after
  if (turn.error !== undefined) {
    const failure = turn.error.body ?? { error: { message: 'scripted error', type: 'error' } }
    return send(response, turn.error.status, failure, turn.error.headers)
  }
  if (turn.raw !== undefined) return sendRaw(turn.raw, response)
  const includeUsage = body.stream_options?.include_usage === true
  const context = { model: String(body.model), number, includeUsage }
  const streams = body.stream === true || path.endsWith(':streamGenerateContent')
  if (streams) return stream(state, dialect, turn, context, response)
  // The original Letta server (httpx) stalls for a minute on some answers that arrive within 2 ms.
  await pause(250)
  return send(response, 200, dialect.toBody(turn, context))
}

async function sendRaw(
  { pieces, contentType = 'text/event-stream', isOpen, breaks }: NonNullable<ScriptedAnswer['raw']>,
  response: ServerResponse,
) {
  response.writeHead(200, { 'content-type': contentType })
  response.flushHeaders()
  for (const piece of pieces) await new Promise((resolve) => response.write(piece, resolve))
  // The client has received what was written when the connection breaks.
  if (breaks === true) setImmediate(() => response.destroy())
  else if (isOpen !== true) response.end()
}

async function stream(
  state: State,
  dialect: WireDialect,
  turn: ScriptedAnswer,
  context: { model: string; number: number; includeUsage: boolean },
  response: ServerResponse,
) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  response.flushHeaders()
  const delay = turn.delayMs ?? state.settings.delayMs ?? 0
  let left = turn.disconnectAfter ?? Number.POSITIVE_INFINITY
  for (const frame of dialect.body(turn, context)) {
    if (response.destroyed) return
    if (frame.delta === true && left-- <= 0) break
    if (frame.delta === true && delay > 0) await pause(delay)
    await write(response, frame)
  }
  if (turn.streamError !== undefined) {
    await write(response, dialect.error(turn.streamError))
    response.end()
  } else if (turn.disconnectAfter !== undefined) {
    // The connection breaks after the client has received what was written.
    setImmediate(() => response.destroy())
  } else if (turn.hang !== true) {
    for (const frame of dialect.end(turn, context)) await write(response, frame)
    response.end()
  }
}

function write(response: ServerResponse, { event, payload }: WireFrame): Promise<void> {
  const head = event === undefined ? '' : `event: ${event}\n`
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
  return new Promise((resolve) => {
    response.write(`${head}data: ${text}\n\n`, () => resolve())
  })
}

function takeTurn(state: State, body: RequestBody): ScriptedAnswer {
  const index = state.turns.findIndex((turn) => matches(turn, body))
  const turn = state.turns[index]
  if (turn === undefined) return exhausted(state, body)
  if (turn.sticky !== true) state.turns.splice(index, 1)
  state.last = turn
  return turn
}

function matches({ match }: ScriptedAnswer, body: RequestBody): boolean {
  const received = body.messages ?? body.input ?? []
  const first = received.find((message) => /system|developer/.test(message.role ?? ''))
  const tried = [
    [match?.model, String(body.model)],
    [match?.system, JSON.stringify(body.system ?? first?.content ?? '')],
    [match?.last, JSON.stringify(received.at(-1) ?? null)],
  ] as const
  return tried.every(([wanted, text]) => wanted === undefined || new RegExp(wanted).test(text))
}

function exhausted(state: State, body: RequestBody): ScriptedAnswer {
  const mode = state.settings.onExhausted ?? 'error'
  if (mode === 'repeat' && state.last !== null) return state.last
  const last = (body.messages ?? body.input ?? []).at(-1)?.content
  if (mode === 'echo') return { text: typeof last === 'string' ? last : JSON.stringify(last) }
  const message = 'The script has no turn left for this request.'
  return { error: { status: 400, body: { error: { message, type: 'script_exhausted' } } } }
}

function modelList({ settings }: State) {
  const rows = (settings.models ?? ['scripted']).map((row) =>
    typeof row === 'string' ? { id: row, object: 'model', created: 1, owned_by: 'scripted' } : row,
  )
  return { object: 'list', data: rows, has_more: false }
}

async function bodyOf(request: IncomingMessage): Promise<RequestBody> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('utf8')
  return text === '' ? {} : JSON.parse(text)
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const length = Buffer.byteLength(text)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': length,
    ...headers,
  })
  response.end(text)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '0' }, script: { type: 'string' } },
  })
  const script = values.script === undefined ? [] : JSON.parse(readFileSync(values.script, 'utf8'))
  const endpoint = await startModelEndpoint(script, { port: Number(values.port) })
  process.stdout.write(`${JSON.stringify({ url: endpoint.url, pid: process.pid })}\n`)
}

import { setTimeout as delay } from 'node:timers/promises'
import { parseJson } from '../../util/parse-json.ts'
import { NO_ANSWER_IN_BODY, webPageAnswered } from '../messages/providers.ts'
import { AnswerFailure } from './answer-failure.ts'
import type { ProviderEndpoint } from './dialect.ts'
import { pageTitle, reportedError } from './error-reason.ts'
import { createEventParser, type ServerSentEvent } from './event-parser.ts'
import { createPausableConnection, type PausableConnection } from './pausable-connection.ts'
import type { ModelRequest } from './provider.ts'
import { skippedEvents } from './skipped-events.ts'
import { createFetch } from './stall-timeout-fetch.ts'

/** Converts the events of one answer to those that the AI SDK reads. */
export interface AnswerReader {
  add(event: ServerSentEvent): AnswerOutput
  /** Converts an answer that is not streamed; null when it is none. */
  decodeBody(body: unknown): readonly unknown[] | null
  encode(output: unknown): string
  /** One output with the text of both; null when they are not pieces of the same text. */
  join?(before: unknown, after: unknown): unknown
  /** What completes an answer whose body has ended, as it should, but without a finish reason. */
  complete?(): readonly unknown[]
}

interface AnswerOutput {
  readonly output: readonly unknown[]
  /** `finished`: only the token count may follow. `ended`: nothing follows, whether the connection is closed or not. */
  readonly phase: 'open' | 'finished' | 'ended'
  /** What was not understood. */
  readonly skipped?: string
  /** The error that the provider reported. */
  readonly failure?: Error
}

/** How long the token count may follow the end of an answer. */
const USAGE_TIMEOUT_MS = 1000

/**
 * After the first pieces, what arrives within an interval is read at once and handed over as one piece: each takes twenty steps
 * on its way to the screen, which shows no more than one frame in this time. More than a packet means that the model is ahead.
 */
const UNGATHERED_PIECES = 24
const GATHERING_MS = 32
/** While the program is busy, pieces are gathered at least this long. */
const MIN_GATHERING_MS = 16
const PACKET_BYTES = 4096

export interface AnswerFetch {
  readonly fetch: typeof fetch
  /** The error that ended the answer; what came before it is passed on. */
  readonly failure: Error | null
}

/** The `fetch` for one request: hands over the answer in the form that the SDK expects, and ends it when it is over. */
export function createAnswerFetch(
  endpoint: ProviderEndpoint,
  {
    createReader,
    renamed,
  }: {
    createReader(): AnswerReader
    readonly renamed: NonNullable<ModelRequest['renamedMembers']>
  },
): AnswerFetch {
  const connection = createPausableConnection()
  const fetchPlain = createFetch(endpoint, connection)
  const result: Result = { failure: null }
  return {
    get failure() {
      return result.failure
    },
    async fetch(input, init) {
      const response = await fetchPlain(input, withRenamedMembers(init, renamed))
      if (!response.ok || response.body === null) return response
      const texts = readAnswer(response.body.getReader(), {
        reader: createReader(),
        title: endpoint.title,
        result,
        connection,
      })
      const encoder = new TextEncoder()
      const bytes = async function* (): AsyncGenerator<Uint8Array> {
        for await (const text of texts) if (text !== '') yield encoder.encode(text)
      }
      const headers = new Headers(response.headers)
      headers.set('content-type', 'text/event-stream')
      headers.delete('content-length')
      headers.delete('content-encoding')
      return new Response(ReadableStream.from(bytes()), { status: response.status, headers })
    },
  }
}

function withRenamedMembers(
  init: RequestInit | undefined,
  renamed: NonNullable<ModelRequest['renamedMembers']>,
): RequestInit | undefined {
  if (typeof init?.body !== 'string' || Object.keys(renamed).length === 0) return init
  const body = Object.entries(Object(parseJson(init.body))).flatMap(([name, value]) => {
    const sent = name in renamed ? renamed[name] : name
    return typeof sent === 'string' ? [[sent, value]] : []
  })
  const headers = new Headers(init.headers)
  for (const [name, sent] of Object.entries(renamed)) if (sent === null) headers.delete(name)
  return { ...init, headers, body: JSON.stringify(Object.fromEntries(body)) }
}

interface Result {
  failure: Error | null
}

interface AnswerContext {
  readonly reader: AnswerReader
  readonly title: string
  readonly result: Result
  readonly connection: PausableConnection
}

type BodyReader = ReadableStreamDefaultReader<Uint8Array>

async function* readAnswer(
  body: BodyReader,
  { reader, title, result, connection }: AnswerContext,
): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  const parser = createEventParser()
  const state: { phase: AnswerOutput['phase'] } = { phase: 'open' }
  /** The beginning of the body, until it is known whether it consists of events. */
  let begun: string | null = ''
  let count = 0
  const gather = createGathering(connection)
  const convert = (events: readonly ServerSentEvent[]): string => {
    const outputs: unknown[] = []
    const isGathered = count > UNGATHERED_PIECES
    for (const event of events) {
      if (state.phase === 'ended') break
      const added = reader.add(event)
      state.phase = added.phase
      count += added.output.length
      result.failure ??= added.failure ?? null
      for (const one of added.output) {
        const joined = isGathered ? (reader.join?.(outputs.at(-1), one) ?? null) : null
        if (joined === null) outputs.push(one)
        else outputs[outputs.length - 1] = joined
      }
      if (added.skipped !== undefined) skippedEvents.publish({ title, text: added.skipped })
    }
    return outputs.map(reader.encode).join('')
  }
  try {
    while (state.phase !== 'ended') {
      const next = await readWithin(body, state.phase === 'finished' ? USAGE_TIMEOUT_MS : null)
      if (next === null) break
      const text = decoder.decode(next, { stream: true })
      if (begun === null) {
        yield convert(parser.push(text))
        const isAhead = next.byteLength > PACKET_BYTES
        if (state.phase === 'open' && count > UNGATHERED_PIECES && !isAhead) {
          await gather()
        }
        continue
      }
      begun += text
      // JSON or HTML in place of events is read once it is complete.
      if (/^[\ufeff\s]*([[{<]|$)/.test(begun)) {
        const events = readCompleteAnswer(begun, reader, result)
        if (events === null) continue
        yield events
        return
      }
      yield convert(parser.push(begun))
      begun = null
    }
    if (state.phase === 'ended' || result.failure !== null) return
    if (begun !== null && begun.trim() !== '') yield convert(parser.push(begun))
    yield convert(parser.end())
    if (state.phase === 'open' && result.failure === null) {
      yield (reader.complete?.() ?? []).map(reader.encode).join('')
    }
    if (count === 0 && result.failure === null) result.failure = emptyBody(begun, parser.strayText)
  } finally {
    body.cancel().catch(() => null)
  }
}

/**
 * Returns what waits until the next interval is over while nothing is read. They follow each other without a gap, whatever the time
 * that the pieces take.
 */
function createGathering(connection: PausableConnection): () => Promise<void> {
  let due = 0
  return async () => {
    const now = performance.now()
    due = Math.max(due + GATHERING_MS, now + MIN_GATHERING_MS)
    connection.pause()
    try {
      await delay(Math.floor(Math.min(due - now, GATHERING_MS)))
    } finally {
      connection.resume()
    }
  }
}

/** The events of an answer that is one complete JSON body; null while it is not complete, and when it is none. */
function readCompleteAnswer(text: string, reader: AnswerReader, result: Result): string | null {
  if (!/[\]}]\s*$/.test(text)) return null
  const body = parseJson(text.replace(/^\ufeff/, ''))
  if (body === undefined) return null
  const reason = reportedError(body)
  if (reason !== null) {
    result.failure = new AnswerFailure(reason, body)
    return ''
  }
  return reader.decodeBody(body)?.map(reader.encode).join('') ?? null
}

/** Why a body without any answer is none. */
function emptyBody(begun: string | null, strayText: string): Error | null {
  const text = (begun ?? strayText).trim()
  if (text === '') return null
  if (text.startsWith('<')) return new AnswerFailure(webPageAnswered(pageTitle(text)))
  return new AnswerFailure(strayText.trim() || NO_ANSWER_IN_BODY)
}

/** Null at the end of the body, or when nothing came in time. */
async function readWithin(body: BodyReader, limitMs: number | null): Promise<Uint8Array | null> {
  if (limitMs === null) return (await body.read()).value ?? null
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, limitMs, null)
  })
  const read = body.read().then(
    ({ value }) => value ?? null,
    // The answer is complete: a connection that breaks now changes nothing.
    () => null,
  )
  try {
    return await Promise.race([read, timeout])
  } finally {
    clearTimeout(timer)
  }
}

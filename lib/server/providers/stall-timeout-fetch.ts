import { isLocalUrl } from '../../util/address.ts'
import { stalled } from '../messages/providers.ts'
import type { ProviderEndpoint } from './dialect.ts'
import { createPausableConnection } from './pausable-connection.ts'
import { ProviderError } from './provider.ts'

/** How long a provider may send no data, not even a comment. Node's own timeout is five minutes, and explains less. */
const STALL_TIMEOUT_MS = 290_000

/**
 * The `fetch` of a provider's SDK. It follows no redirects, which would send the API key and the conversation to a host
 * that the user did not choose, and it ends a request whose connection has stalled.
 */
export function createFetch(
  endpoint: ProviderEndpoint,
  connection = createPausableConnection(),
): typeof fetch {
  const { title, stallTimeoutMs = STALL_TIMEOUT_MS } = endpoint
  // A model on a machine of the user's may need an hour to read a long prompt.
  const isPatient = isLocalUrl(endpoint.baseUrl)
  const { firstDataTimeoutMs = isPatient ? null : stallTimeoutMs } = endpoint
  return async (input, init) => {
    const stallTimer = createStallTimer(init?.signal ?? null, {
      title,
      stallTimeoutMs,
      firstDataTimeoutMs,
    })
    const body = typeof init?.body === 'string' ? replaceLoneSurrogates(init.body) : init?.body
    const { signal } = stallTimer
    const options = { ...init, body: body ?? null, redirect: 'error', signal } as const
    try {
      const request = fetchEither(endpoint, String(input), withDispatcher(options, connection))
      return withStallTimer(await stallTimer.race(request), stallTimer)
    } catch (thrown) {
      stallTimer.stop()
      // `fetch` throws a copy of the reason.
      throw signal.aborted ? signal.reason : thrown
    }
  }
}

/** Requests the second address where the first has no such path. */
async function fetchEither(
  { baseUrl, otherBaseUrl }: ProviderEndpoint,
  url: string,
  options: RequestInit,
): Promise<Response> {
  const response = await fetch(url, options)
  const isMissing = response.status === 404 || response.status === 405
  if (!isMissing || otherBaseUrl === undefined || !url.startsWith(baseUrl)) return response
  const other = await fetch(otherBaseUrl + url.slice(baseUrl.length), options)
  const [chosen, unused] =
    other.ok || other.status !== response.status ? [other, response] : [response, other]
  await unused.body?.cancel().catch(() => null)
  return chosen
}

/**
 * Node ends every request after five minutes without a response, which only an option of the library behind its `fetch` can
 * change. The dispatcher in use, which may lead through a proxy, is known under this symbol.
 */
function withDispatcher(
  options: RequestInit,
  { trackRequest }: Pick<ReturnType<typeof createPausableConnection>, 'trackRequest'>,
): RequestInit {
  // Node loads the library when this global is first used.
  void globalThis.Headers
  const inUse: unknown = Reflect.get(globalThis, Symbol.for('undici.globalDispatcher.1'))
  if (!isDispatcher(inUse)) return options
  const dispatcher = {
    dispatch: (request: object, handler: unknown) =>
      trackRequest(() =>
        inUse.dispatch({ ...request, headersTimeout: 0, bodyTimeout: 0 }, handler),
      ),
  }
  return { ...options, dispatcher } as unknown as RequestInit
}

interface RequestDispatcher {
  dispatch(request: object, handler: unknown): boolean
}

function isDispatcher(value: unknown): value is RequestDispatcher {
  return typeof value === 'object' && value !== null && 'dispatch' in value
}

/** Aborts when the caller does, or when no data has arrived for too long. */
interface StallTimer {
  readonly signal: AbortSignal
  /** Called when data arrives. */
  renew(): void
  stop(): void
  /** The response, or a rejection as soon as the timer aborts; a response that comes later is discarded. */
  race(request: Promise<Response>): Promise<Response>
}

interface StallLimits {
  readonly title: string
  readonly stallTimeoutMs: number
  /** Until the first data; null for no limit. */
  readonly firstDataTimeoutMs: number | null
}

function createStallTimer(
  callerSignal: AbortSignal | null,
  { title, stallTimeoutMs, firstDataTimeoutMs }: StallLimits,
): StallTimer {
  const controller = new AbortController()
  const start = (milliseconds: number): NodeJS.Timeout => {
    const message = stalled(title, Math.round(milliseconds / 1000))
    const end = (): void => controller.abort(new ProviderError('silent', message))
    return setTimeout(end, milliseconds).unref()
  }
  let timer = firstDataTimeoutMs === null ? null : start(firstDataTimeoutMs)
  const abort = (): void => controller.abort(callerSignal?.reason)
  if (callerSignal?.aborted === true) abort()
  callerSignal?.addEventListener('abort', abort, { once: true })
  return {
    signal: controller.signal,
    renew() {
      clearTimeout(timer ?? undefined)
      timer = start(stallTimeoutMs)
    },
    stop() {
      clearTimeout(timer ?? undefined)
      callerSignal?.removeEventListener('abort', abort)
    },
    race: (request) =>
      new Promise((resolve, reject) => {
        controller.signal.addEventListener('abort', () => {
          reject(controller.signal.reason)
          request.then(({ body }) => body?.cancel()).catch(() => null)
        })
        request.then(resolve, reject)
      }),
  }
}

/** Replaces lone surrogates, as in text cut at any character: providers refuse them, and so every later request. */
function replaceLoneSurrogates(json: string): string {
  return json.includes('\\ud') ? json.replace(ESCAPED_LONE_SURROGATE, '$1\ufffd') : json
}

/** An escape whose backslash is not itself escaped. */
const ESCAPED_LONE_SURROGATE = /(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g

/**
 * Reads the body here and renews the timer with each chunk. After a garbage collection Node's `fetch` no longer reacts to
 * its signal, so the reader is cancelled explicitly.
 */
function withStallTimer(response: Response, { signal, renew, stop }: StallTimer): Response {
  if (response.body === null) {
    stop()
    return response
  }
  const reader = response.body.getReader()
  const cancel = (): void => void reader.cancel().catch(() => null)
  signal.addEventListener('abort', cancel, { once: true })
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        renew()
        yield next.value
      }
    } catch (thrown) {
      if (!signal.aborted) throw thrown
    } finally {
      stop()
      cancel()
    }
    signal.throwIfAborted()
  }
  return new Response(ReadableStream.from(chunks()), response)
}

import { stalled } from '../messages/providers.ts'
import type { ProviderEndpoint } from './dialect.ts'
import { ProviderError } from './provider.ts'

/** How long a provider may send no data, not even a comment. Node's own timeout is five minutes, and explains less. */
const STALL_TIMEOUT_MS = 290_000

/**
 * The `fetch` of a provider's SDK. It follows no redirects, which would send the API key and the conversation to a host
 * that the user did not choose, and it ends a request whose connection has stalled.
 */
export function createFetch({
  title,
  stallTimeoutMs = STALL_TIMEOUT_MS,
}: ProviderEndpoint): typeof fetch {
  return async (input, init) => {
    const stallTimer = createStallTimer(init?.signal ?? null, { title, stallTimeoutMs })
    const body = typeof init?.body === 'string' ? replaceLoneSurrogates(init.body) : init?.body
    const { signal } = stallTimer
    try {
      const request = fetch(input, { ...init, body: body ?? null, redirect: 'error', signal })
      return withStallTimer(await stallTimer.race(request), stallTimer)
    } catch (thrown) {
      stallTimer.stop()
      // `fetch` throws a copy of the reason.
      throw signal.aborted ? signal.reason : thrown
    }
  }
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

function createStallTimer(
  callerSignal: AbortSignal | null,
  { title, stallTimeoutMs }: { readonly title: string; readonly stallTimeoutMs: number },
): StallTimer {
  const controller = new AbortController()
  const message = stalled(title, Math.round(stallTimeoutMs / 1000))
  const timer = setTimeout(
    () => controller.abort(new ProviderError('silent', message)),
    stallTimeoutMs,
  ).unref()
  const abort = (): void => controller.abort(callerSignal?.reason)
  if (callerSignal?.aborted === true) abort()
  callerSignal?.addEventListener('abort', abort, { once: true })
  return {
    signal: controller.signal,
    renew: () => void timer.refresh(),
    stop() {
      clearTimeout(timer)
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
  renew()
  return new Response(ReadableStream.from(chunks()), response)
}

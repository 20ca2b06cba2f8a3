import type { ProviderEndpoint } from './dialect.ts'
import { ProviderError } from './provider.ts'

/** How long a vendor may say nothing, not even a comment. Node itself gives up after five minutes, and says less. */
const STALL_TIMEOUT_MS = 290_000

/**
 * The network as a vendor's library uses it. A redirect would carry the key and the conversation to a host that nobody
 * named; a line that has gone dead would keep its run for ever.
 */
export function createFetch({
  title,
  stallTimeoutMs = STALL_TIMEOUT_MS,
}: ProviderEndpoint): typeof fetch {
  return async (input, init) => {
    const patience = createStallTimer(init?.signal ?? null, { title, stallTimeoutMs })
    const body = typeof init?.body === 'string' ? replaceLoneSurrogates(init.body) : init?.body
    const { signal } = patience
    try {
      const asked = fetch(input, { ...init, body: body ?? null, redirect: 'error', signal })
      return withStallTimer(await patience.race(asked), patience)
    } catch (thrown) {
      patience.stop()
      // The library tells only a copy of the reason.
      throw signal.aborted ? signal.reason : thrown
    }
  }
}

/** Ends when the one who asks has left, or has heard nothing for too long. */
interface StallTimer {
  readonly signal: AbortSignal
  /** Something was heard. */
  renew(): void
  stop(): void
  /** The response; what comes when it has ended is left alone. */
  race(asked: Promise<Response>): Promise<Response>
}

function createStallTimer(
  left: AbortSignal | null,
  { title, stallTimeoutMs }: { readonly title: string; readonly stallTimeoutMs: number },
): StallTimer {
  const ended = new AbortController()
  const words = `${title} has said nothing for ${Math.round(stallTimeoutMs / 1000)} seconds`
  const timer = setTimeout(
    () => ended.abort(new ProviderError('silent', words)),
    stallTimeoutMs,
  ).unref()
  const leave = (): void => ended.abort(left?.reason)
  if (left?.aborted === true) leave()
  left?.addEventListener('abort', leave, { once: true })
  return {
    signal: ended.signal,
    renew: () => void timer.refresh(),
    stop() {
      clearTimeout(timer)
      left?.removeEventListener('abort', leave)
    },
    race: (asked) =>
      new Promise((resolve, reject) => {
        ended.signal.addEventListener('abort', () => {
          reject(ended.signal.reason)
          asked.then(({ body }) => body?.cancel()).catch(() => null)
        })
        asked.then(resolve, reject)
      }),
  }
}

/** JSON writes out the half of an emoji, which a text cut anywhere may end with; vendors refuse it, and all that follows. */
function replaceLoneSurrogates(json: string): string {
  return json.includes('\\ud') ? json.replace(ESCAPED_LONE_SURROGATE, '$1\ufffd') : json
}

/** Its backslash is not itself behind one. */
const ESCAPED_LONE_SURROGATE = /(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g

/**
 * The response with its body read here: once the garbage collector has come by, Node's own `fetch` hears of no signal
 * any more, and would go on for ever.
 */
function withStallTimer(response: Response, { signal, renew, stop }: StallTimer): Response {
  if (response.body === null) {
    stop()
    return response
  }
  const reader = response.body.getReader()
  const cancel = (): void => void reader.cancel().catch(() => null)
  signal.addEventListener('abort', cancel, { once: true })
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
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
  return new Response(ReadableStream.from(pieces()), response)
}

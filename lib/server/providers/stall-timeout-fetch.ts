import type { Endpoint } from './dialect.ts'
import { ProviderError } from './provider.ts'

/** How long a vendor may say nothing, not even a comment. Node itself gives up after five minutes, and says less. */
const SILENCE_MS = 290_000

/**
 * The network as a vendor's library uses it. A redirect would carry the key and the conversation to a host that nobody
 * named; a line that has gone dead would keep its run for ever.
 */
export function fetchFrom({ title, silenceMs = SILENCE_MS }: Endpoint): typeof fetch {
  return async (input, init) => {
    const patience = patienceOf(init?.signal ?? null, { title, silenceMs })
    const body = typeof init?.body === 'string' ? withWholeCharacters(init.body) : init?.body
    const { signal } = patience
    try {
      const asked = fetch(input, { ...init, body: body ?? null, redirect: 'error', signal })
      return listenedTo(await patience.orEnd(asked), patience)
    } catch (thrown) {
      patience.stop()
      // The library tells only a copy of the reason.
      throw signal.aborted ? signal.reason : thrown
    }
  }
}

/** Ends when the one who asks has left, or has heard nothing for too long. */
interface Patience {
  readonly signal: AbortSignal
  /** Something was heard. */
  renew(): void
  stop(): void
  /** The response; what comes when it has ended is left alone. */
  orEnd(asked: Promise<Response>): Promise<Response>
}

function patienceOf(
  left: AbortSignal | null,
  { title, silenceMs }: { readonly title: string; readonly silenceMs: number },
): Patience {
  const ended = new AbortController()
  const words = `${title} has said nothing for ${Math.round(silenceMs / 1000)} seconds`
  const timer = setTimeout(() => ended.abort(new ProviderError('silent', words)), silenceMs).unref()
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
    orEnd: (asked) =>
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
function withWholeCharacters(json: string): string {
  return json.includes('\\ud') ? json.replace(HALF_CHARACTER, '$1\ufffd') : json
}

/** Its backslash is not itself behind one. */
const HALF_CHARACTER = /(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g

/**
 * The response with its body read here: once the garbage collector has come by, Node's own `fetch` hears of no signal
 * any more, and would go on for ever.
 */
function listenedTo(response: Response, { signal, renew, stop }: Patience): Response {
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

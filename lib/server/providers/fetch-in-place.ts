import type { Endpoint } from './dialect.ts'
import { ProviderError } from './provider.ts'

/** How long a vendor may say nothing, not even a comment. Node itself gives up after five minutes, and says less. */
export const SILENCE_MS = 290_000

/**
 * The network as a vendor's library uses it. A redirect would carry the key and the conversation to a host that nobody
 * named; a line that has gone dead would keep its run for ever.
 */
export function fetchFrom({ title, silenceMs = SILENCE_MS }: Endpoint): typeof fetch {
  return async (input, init) => {
    const silence = new AbortController()
    const timer = setTimeout(() => silence.abort(), silenceMs).unref()
    const left = init?.signal ?? new AbortController().signal
    left.addEventListener('abort', () => clearTimeout(timer), { once: true })
    const failed = (thrown: unknown): unknown => {
      clearTimeout(timer)
      const words = `${title} has said nothing for ${Math.round(silenceMs / 1000)} seconds`
      return silence.signal.aborted ? new ProviderError('silent', words) : thrown
    }
    try {
      const signal = AbortSignal.any([left, silence.signal])
      const body = typeof init?.body === 'string' ? withWholeCharacters(init.body) : init?.body
      const response = await fetch(input, {
        ...init,
        body: body ?? null,
        redirect: 'error',
        signal,
      })
      return listenedTo(response, timer, failed)
    } catch (thrown) {
      throw failed(thrown)
    }
  }
}

/** JSON writes out the half of an emoji, which a text cut anywhere may end with; vendors refuse it, and all that follows. */
function withWholeCharacters(json: string): string {
  return json.includes('\\ud') ? json.replace(HALF_CHARACTER, '$1\ufffd') : json
}

/** Its backslash is not itself behind one. */
const HALF_CHARACTER = /(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g

/** Each piece that comes sets the timer anew. */
function listenedTo(
  response: Response,
  timer: NodeJS.Timeout,
  failed: (thrown: unknown) => unknown,
): Response {
  const { body } = response
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of body ?? []) {
        timer.refresh()
        yield piece
      }
    } catch (thrown) {
      throw failed(thrown)
    } finally {
      clearTimeout(timer)
    }
  }
  timer.refresh()
  return new Response(body === null ? null : ReadableStream.from(pieces()), response)
}

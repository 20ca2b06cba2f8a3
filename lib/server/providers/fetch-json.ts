import type { ProviderEndpoint } from './dialect.ts'
import { toProviderError } from './errors.ts'
import { createFetch } from './stall-timeout-fetch.ts'

interface JsonRequest {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly limitMs: number
}

/** JSON of an endpoint, for lists and probes; what goes wrong is told as for answers. */
export async function fetchJson(
  request: JsonRequest,
  endpoint: ProviderEndpoint,
  signal: AbortSignal,
): Promise<unknown> {
  const limited = new AbortController()
  const late = new DOMException('The operation was aborted due to timeout', 'TimeoutError')
  const timer = setTimeout(() => limited.abort(late), request.limitMs)
  const leave = (): void => limited.abort(signal.reason)
  signal.addEventListener('abort', leave, { once: true })
  try {
    signal.throwIfAborted()
    const response = await createFetch(endpoint)(request.url, {
      headers: { accept: 'application/json', ...request.headers },
      signal: limited.signal,
      ...(request.body === undefined ? {} : { method: 'POST', body: JSON.stringify(request.body) }),
    })
    const text = await response.text()
    if (response.ok) return JSON.parse(text)
    throw {
      statusCode: response.status,
      responseHeaders: Object.fromEntries(response.headers),
      responseBody: text,
      message: response.statusText,
    }
  } catch (thrown) {
    signal.throwIfAborted()
    throw toProviderError(thrown, endpoint, false)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', leave)
  }
}

/** A member of decoded JSON; undefined when there is none. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

export function members(value: unknown, name: string): readonly unknown[] {
  const list = member(value, name)
  return Array.isArray(list) ? list : []
}

/** The first of the values that is a whole number above zero. */
export function firstCount(...values: readonly unknown[]): number | null {
  const count = values.find(
    (value) => typeof value === 'number' && Number.isInteger(value) && value > 0,
  )
  return typeof count === 'number' ? count : null
}

import { noResponse } from '../messages/providers.ts'
import type { ProviderEndpoint } from './dialect.ts'
import { toProviderError } from './errors.ts'
import { createFetch } from './stall-timeout-fetch.ts'

interface JsonRequest {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly timeoutMs: number
}

/** Requests JSON from an endpoint, for lists and probes. Throws a `ProviderError`. */
export async function fetchJson(
  request: JsonRequest,
  endpoint: ProviderEndpoint,
  signal: AbortSignal,
): Promise<unknown> {
  const controller = new AbortController()
  const timeout = new DOMException(noResponse(request.timeoutMs / 1000), 'TimeoutError')
  const timer = setTimeout(() => controller.abort(timeout), request.timeoutMs)
  const abort = (): void => controller.abort(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    signal.throwIfAborted()
    const response = await createFetch(endpoint)(request.url, {
      headers: { accept: 'application/json', ...request.headers },
      signal: controller.signal,
      ...(request.body === undefined ? {} : { method: 'POST', body: JSON.stringify(request.body) }),
    })
    const text = await response.text()
    if (response.ok) return JSON.parse(text)
    throw new ResponseError(response, text)
  } catch (thrown) {
    signal.throwIfAborted()
    throw toProviderError(thrown, endpoint, false)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}

/** An error response with the fields of the AI SDK's errors, so that both are classified alike. */
class ResponseError extends Error {
  override readonly name = 'ResponseError'
  readonly statusCode: number
  readonly responseHeaders: Readonly<Record<string, string>>
  readonly responseBody: string

  constructor({ status, statusText, headers }: Response, body: string) {
    super(statusText)
    this.statusCode = status
    this.responseHeaders = Object.fromEntries(headers)
    this.responseBody = body
  }
}

import { parseRetryAfter } from '../util/retry-after.ts'
import { serverBusy } from './messages.ts'
import type { Fetch } from './request-log.ts'
import { TRANSIENT } from './retry.ts'
import { MIN_REPORTED_MS, type WaitToRetry } from './waits.ts'

/** The SDK repeats a request as often. */
const MAX_RETRIES = 2
/** A server that asks for longer is reported as an error: the SDK gives a request up after a minute. */
const MAX_WAIT_MS = 30_000

/**
 * Repeats a request when the server has asked to wait for so long that a person should know and may end it. Shorter waits are the
 * SDK's own.
 */
export function withRetryWaits(fetch: Fetch, wait: WaitToRetry): Fetch {
  return async (input, init) => {
    const { host, pathname } = new URL(input instanceof Request ? input.url : input)
    for (let retries = 0; ; retries++) {
      const response = await fetch(input, init)
      if (!isRepeatable(response.status, pathname, init)) return response
      const asked = parseRetryAfter((name) => response.headers.get(name), Date.now())
      if (asked === null || asked < MIN_REPORTED_MS || asked > MAX_WAIT_MS) return response
      if (retries === MAX_RETRIES) return withoutRetry(response)
      const reason = serverBusy(host, response.status)
      const repeats = await wait({ reason, milliseconds: asked }, init?.signal)
      if (!repeats) return withoutRetry(response)
      await response.body?.cancel()
    }
  }
}

/** The turn waits itself, and what is polled is not repeated. */
const NOT_REPEATED = /^\/v1\/runs\/|\/(?:stream|lease|cancel|retry-now)$/

/** With 502 and 504 a server may have begun what a request asks for. */
const REFUSED = new Set([429, 503])

function isRepeatable(status: number, pathname: string, init: RequestInit | undefined): boolean {
  const path = pathname.replace(/\/$/, '')
  if (NOT_REPEATED.test(path)) return false
  if ((init?.method ?? 'GET').toUpperCase() === 'GET') return TRANSIENT.has(status)
  return REFUSED.has(status) && !path.endsWith('/messages')
}

function withoutRetry({ body, status, statusText, headers }: Response): Response {
  const final = new Headers(headers)
  final.set('x-should-retry', 'false')
  return new Response(body, { status, statusText, headers: final })
}

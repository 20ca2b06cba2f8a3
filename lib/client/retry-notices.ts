import { parseRetryAfter } from '../util/retry-after.ts'
import { requestRepeated } from './messages.ts'
import type { Fetch } from './request-log.ts'
import { TRANSIENT } from './retry.ts'

/** The SDK repeats a request twice, and names the number of times in a header. */
const MAX_RETRIES = 2
/** Shorter waits are over before they are read. */
const MIN_REPORTED_MS = 2000

/** Reports that a request for data is repeated later because the server asks for that. Others report it themselves. */
export function withRetryNotices(fetch: Fetch, report: (notice: string) => void): Fetch {
  /** Several requests are refused at once, and wait for the same. */
  let reportedUntil = 0
  return async (input, init) => {
    const response = await fetch(input, init)
    const isLast = Number(new Headers(init?.headers).get('x-stainless-retry-count')) >= MAX_RETRIES
    if ((init?.method ?? 'GET').toUpperCase() !== 'GET' || isLast) return response
    if (!TRANSIENT.has(response.status)) return response
    const now = Date.now()
    const wait = parseRetryAfter((name) => response.headers.get(name), now)
    if (wait !== null && wait >= MIN_REPORTED_MS && now >= reportedUntil) {
      reportedUntil = now + wait
      report(requestRepeated(new URL(response.url).host, response.status, Math.ceil(wait / 1000)))
    }
    return response
  }
}

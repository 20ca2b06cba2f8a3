import { APIError } from '@letta-ai/letta-client'
import { isRecord } from '../util/is-record.ts'
import { parseRetryAfter } from '../util/retry-after.ts'
import { text } from './stream/decode.ts'

/** A request that the server did not take: nothing of it has begun. */
export interface RetryableResponse {
  readonly status: number | null
  readonly detail: string
  /** Milliseconds that the server asks to wait. */
  readonly retryAfterMs: number | null
}

export function refusalOf(thrown: unknown): RetryableResponse | null {
  if (!(thrown instanceof APIError) || thrown.status === undefined) return null
  const { headers } = thrown
  return {
    status: thrown.status,
    detail: conflictDetail(thrown),
    retryAfterMs: parseRetryAfter((name) => headers?.get(name), Date.now()),
  }
}

/** What the body of an error says, wherever the server put it. */
export function conflictDetail(thrown: unknown): string {
  if (!isRecord(thrown)) return ''
  const { error } = thrown
  if (!isRecord(error)) return text(error)
  const inner = error['error']
  if (isRecord(inner)) return text(inner['detail']) || text(inner['message'])
  return text(inner) || text(error['detail']) || text(error['message'])
}

const TRIES = 3
const LONGEST = 60_000

/** Milliseconds until it is worth asking again for the `attempt`th time; null when it is not. */
export function pauseBefore(
  attempt: number,
  { status, detail, retryAfterMs }: RetryableResponse,
): number | null {
  if (attempt > TRIES || isApprovalPending(detail) || isQuota(detail)) return null
  const grown = 2 ** (attempt - 1)
  if (isBusy(detail)) return 10_000 * grown
  if (!isTransient(status, detail)) return null
  if (retryAfterMs !== null) return Math.min(retryAfterMs, LONGEST)
  return (isAway(detail) ? 5000 : 1000) * grown
}

/** Letta servers tell it by this text alone; it is not waited for but answered. */
export function isApprovalPending(detail: unknown): boolean {
  return typeof detail === 'string' && /waiting for approval/i.test(detail)
}

/** Another run of the same conversation. */
function isBusy(detail: string): boolean {
  return /(?:currently being processed|busy with another)/i.test(detail)
}

/** The run that is in the way, where the server names it. */
export function busyRunId(detail: unknown): string | null {
  if (typeof detail !== 'string' || !isBusy(detail)) return null
  return /run_id=(run-[\w-]+)/.exec(detail)?.[1] ?? null
}

/** Waiting gives no new credits. */
function isQuota(detail: string): boolean {
  return /usage.?limit|exceeded-quota|insufficient.(?:credits|quota)/i.test(detail)
}

/** The gateway before the server says that there is none behind it. */
function isAway(detail: string): boolean {
  return /web server is down|cloudflare/i.test(detail)
}

function isTransient(status: number | null, detail: string): boolean {
  if (status !== null && (TRANSIENT.has(status) || (status >= 520 && status < 530))) return true
  return /connection error|peer closed connection|connection ended|websocket closed|you can retry|server is down/i.test(
    detail,
  )
}

const TRANSIENT = new Set([429, 502, 503, 504])

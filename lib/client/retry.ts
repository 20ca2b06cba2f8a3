import { APIError } from '@letta-ai/letta-client'
import { isRecord } from '../util/is-record.ts'
import { parseRetryAfter } from '../util/retry-after.ts'
import { text } from './stream/decode.ts'

/** A request that the server rejected before any of its work began, so that it is safe to repeat. */
export interface RetryableResponse {
  readonly status: number | null
  readonly detail: string
  /** Milliseconds that the server asks the client to wait; null when it names no time. */
  readonly retryAfterMs: number | null
}

export function rejectionOf(thrown: unknown): RetryableResponse | null {
  if (!(thrown instanceof APIError) || thrown.status === undefined) return null
  const { headers } = thrown
  return {
    status: thrown.status,
    detail: conflictDetail(thrown),
    retryAfterMs: parseRetryAfter((name) => headers?.get(name), Date.now()),
  }
}

/**
 * The message in the body of an error. Servers put it in different members.
 * @internal
 */
export function conflictDetail(thrown: unknown): string {
  if (!isRecord(thrown)) return ''
  const { error } = thrown
  if (!isRecord(error)) return text(error)
  const inner = error['error']
  if (isRecord(inner)) return text(inner['detail']) || text(inner['message'])
  return text(inner) || text(error['detail']) || text(error['message'])
}

const MAX_ATTEMPTS = 3
const MAX_RETRY_AFTER_MS = 60_000

/** Milliseconds until retry number `attempt` (from 1) is useful; null when the request must not be repeated. */
export function pauseBefore(
  attempt: number,
  { status, detail, retryAfterMs }: RetryableResponse,
): number | null {
  if (attempt > MAX_ATTEMPTS || isApprovalPending(detail) || isQuota(detail)) return null
  const grown = 2 ** (attempt - 1)
  if (isBusy(detail)) return 10_000 * grown
  if (!isTransient(status, detail)) return null
  if (retryAfterMs !== null) return Math.min(retryAfterMs, MAX_RETRY_AFTER_MS)
  return (isAway(detail) ? 5000 : 1000) * grown
}

/** Letta servers report this state only by this text. Waiting does not help: the pending call must be answered. */
export function isApprovalPending(detail: unknown): boolean {
  return typeof detail === 'string' && /waiting for approval/i.test(detail)
}

/** Another run of the same conversation is active. */
function isBusy(detail: string): boolean {
  return /(?:currently being processed|busy with another)/i.test(detail)
}

/** The id of the active run that blocks the request; null when the server does not name it. */
export function busyRunId(detail: unknown): string | null {
  if (typeof detail !== 'string' || !isBusy(detail)) return null
  return /run_id=(run-[\w-]+)/.exec(detail)?.[1] ?? null
}

/** An exhausted quota does not recover within the time of a retry. */
function isQuota(detail: string): boolean {
  return /usage.?limit|exceeded-quota|insufficient.(?:credits|quota)/i.test(detail)
}

/** The gateway in front of the server cannot reach it. */
function isAway(detail: string): boolean {
  return /web server is down|cloudflare/i.test(detail)
}

function isTransient(status: number | null, detail: string): boolean {
  if (status !== null && (TRANSIENT.has(status) || (status >= 520 && status < 530))) return true
  return /connection error|peer closed connection|connection ended|websocket closed|you can retry|server is down/i.test(
    detail,
  )
}

/** A gateway in front of the server reports that it got no answer: the server may have received the request. */
export function isGatewayFailure({ status }: RetryableResponse): boolean {
  return status === 502 || status === 504 || (status !== null && status >= 520 && status < 530)
}

/** The request can be repeated later. */
export const TRANSIENT = new Set([429, 502, 503, 504])

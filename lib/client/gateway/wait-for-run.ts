import { setTimeout as delay } from 'node:timers/promises'
import { APIError, type Letta } from '@letta-ai/letta-client'
import { busyRunId, type RetryableResponse } from '../retry.ts'

interface Wait {
  /** Maximum total wait in milliseconds. */
  readonly limit: number
  /** Milliseconds before the first poll; doubled for each that follows, up to eight times the first. */
  readonly pause: number
  readonly signal: AbortSignal
}

/**
 * Waits before a rejected request is repeated. Polls the active run that blocks it: resolves with true as soon as that has
 * ended, with false after `limit`.
 */
export async function waitUntilIdle(
  client: Letta,
  { detail }: RetryableResponse,
  { limit, pause, signal }: Wait,
): Promise<boolean> {
  const runId = busyRunId(detail)
  let next = runId === null ? limit : pause
  for (let left = limit; left > 0; next = Math.min(next * 2, pause * 8)) {
    const step = Math.min(next, left)
    left -= step
    await delay(step, undefined, { signal }).catch(() => signal.throwIfAborted())
    if (runId !== null && (await isOver(client, runId))) return true
  }
  return false
}

/** Another program may answer, with anything: only these end the wait. */
const ENDED = new Set(['completed', 'failed', 'cancelled', 'expired'])

const POLL_TIMEOUT_MS = 5000

async function isOver(client: Letta, runId: string): Promise<boolean> {
  try {
    // Without the signal: the SDK would leave a listener on it for each poll.
    const { status } = await client.runs.retrieve(runId, {
      timeout: POLL_TIMEOUT_MS,
      maxRetries: 0,
    })
    return ENDED.has(String(status))
  } catch (thrown) {
    if (!(thrown instanceof APIError) && !(thrown instanceof SyntaxError)) throw thrown
    // The run's status is unavailable, so the full pause applies.
    return false
  }
}

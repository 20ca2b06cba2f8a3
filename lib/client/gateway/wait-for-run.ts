import { setTimeout as delay } from 'node:timers/promises'
import { APIError, type Letta } from '@letta-ai/letta-client'
import { busyRunId, type RetryableResponse } from '../retry.ts'

interface Wait {
  /** Milliseconds at most. */
  readonly limit: number
  /** Milliseconds before the first look; doubled for each that follows, up to eight times. */
  readonly pause: number
  readonly signal: AbortSignal
}

/** Waits before a refused request is sent again. Another run that is in the way is watched: true as soon as it has ended. */
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

const LOOK_MS = 5000

async function isOver(client: Letta, runId: string): Promise<boolean> {
  try {
    // Without the signal, on which the client would leave a listener for each look.
    const { status } = await client.runs.retrieve(runId, { timeout: LOOK_MS, maxRetries: 0 })
    return status !== 'created' && status !== 'running'
  } catch (thrown) {
    if (!(thrown instanceof APIError)) throw thrown
    // It cannot be looked at now: the rest of the pause is waited for.
    return false
  }
}

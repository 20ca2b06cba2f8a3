import { setTimeout as delay } from 'node:timers/promises'
import { APIConnectionError, APIError, type Letta } from '@letta-ai/letta-client'
import { busyRunId, type RetryableResponse, TRANSIENT } from '../retry.ts'

/** The number of newest runs to search: others may have begun since. */
const SEARCHED_RUNS = 3

/** A server that has just accepted a message may need a moment to store it. */
const MAX_ATTEMPTS = 3

/**
 * Finds the run that a message has started when the connection was lost before the server named it; null when none is found,
 * `unreachable` when the server does not answer.
 * The message is identified by its otid. Sending it again could make the agent do everything twice.
 */
export async function findRunByMessage(
  client: Letta,
  message: { readonly agentId: string; readonly otid: string | null },
  { signal, pause }: { readonly signal: AbortSignal; readonly pause: number },
): Promise<string | null | 'unreachable'> {
  const { agentId, otid } = message
  if (otid === null) return null
  try {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (attempt > 0) await delay(pause * 2 ** (attempt - 1), undefined, { signal })
      const found = await newestWith(client, agentId, otid, signal)
      if (found !== null) return found
    }
  } catch (thrown) {
    return signal.aborted || isAway(thrown) ? 'unreachable' : null
  }
  return null
}

/** No answer, or that of a gateway in front of the server. Another answer that is not understood stays so. */
function isAway(thrown: unknown): boolean {
  if (thrown instanceof APIConnectionError) return true
  if (thrown instanceof APIError) {
    return thrown.status === undefined || TRANSIENT.has(thrown.status) || thrown.status >= 520
  }
  return thrown instanceof TypeError && thrown.message === 'terminated'
}

async function newestWith(
  client: Letta,
  agentId: string,
  otid: string,
  signal: AbortSignal,
): Promise<string | null> {
  const request = { signal, maxRetries: 0 }
  const runs = await client.runs.list(
    { agent_id: agentId, order: 'desc', limit: SEARCHED_RUNS },
    request,
  )
  for (const { id } of runs.items) {
    const { items } = await client.runs.messages.list(id, { order: 'asc', limit: 10 }, request)
    if (items.some((message) => 'otid' in message && message.otid === otid)) return id
  }
  return null
}

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

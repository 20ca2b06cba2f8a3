import { setTimeout as delay } from 'node:timers/promises'
import type { Letta } from '@letta-ai/letta-client'

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
  } catch {
    return 'unreachable'
  }
  return null
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

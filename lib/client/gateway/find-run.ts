import { setTimeout as delay } from 'node:timers/promises'
import type { Letta } from '@letta-ai/letta-client'

/** Runs that may have begun since. */
const NEWEST = 3

/** A server that has just taken a message may need a moment to store it. */
const LOOKS = 3

/**
 * The run that a message has begun, where the connection broke before the server told; null when none is found. The message
 * is known by its otid: sent again, it could make the agent do everything twice.
 */
export async function findRunByMessage(
  client: Letta,
  message: { readonly agentId: string; readonly otid: string | null },
  { signal, pause }: { readonly signal: AbortSignal; readonly pause: number },
): Promise<string | null> {
  const { agentId, otid } = message
  if (otid === null) return null
  try {
    for (let look = 0; look < LOOKS; look++) {
      if (look > 0) await delay(pause * 2 ** (look - 1), undefined, { signal })
      const found = await newestWith(client, agentId, otid, signal)
      if (found !== null) return found
    }
  } catch {
    // The server is away: what broke the connection is told instead.
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
  const runs = await client.runs.list({ agent_id: agentId, order: 'desc', limit: NEWEST }, request)
  for (const { id } of runs.items) {
    const { items } = await client.runs.messages.list(id, { order: 'asc', limit: 10 }, request)
    if (items.some((message) => 'otid' in message && message.otid === otid)) return id
  }
  return null
}

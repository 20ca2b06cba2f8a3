import { openFourDialects } from './four-dialects.ts'
import { answered, type EndpointServer, type Streamed, say, send } from './letta-server.ts'
import type { ModelEndpoint } from './model-endpoint.ts'
import { startProcessClock } from './process-clock.ts'
import { pick, type Random, randomAnswer, WORDS } from './random-answers.ts'
import { createSeededRandom } from './seeded-random.ts'
import { faultsOfRequest } from './strict-requests.ts'

export interface RandomConversation {
  readonly seed: number
  readonly turns: number
  readonly dialects: readonly string[]
  /** Ends before all turns are played. */
  readonly maxMs?: number
  onTurn?(turn: number): void
  /** A run of hours shows a fault when it occurs. */
  onFault?(fault: string): void
}

interface RandomResult {
  readonly played: number
  readonly requests: number
  readonly slowestMs: number
  /** What went wrong, each with what the provider had sent. Ten at most. */
  readonly faults: readonly string[]
}

/** Nothing in a turn waits for two seconds. */
const MAX_TURN_MS = 2_000
const MAX_FAULTS = 10
/** A new name has no repairs, so that requests are sent as they are again. */
const TURNS_PER_MODEL = 12

/** One agent with tools whose provider fails at random. After each turn a plain message must be answered. */
export async function playRandomConversation(options: RandomConversation): Promise<RandomResult> {
  const random = createSeededRandom(options.seed)
  const opened = await openFourDialects()
  const clock = startProcessClock()
  const begun = performance.now()
  const elapsed = (): number => performance.now() - begun
  const faults: string[] = []
  const addFault = (fault: string): void => {
    faults.push(fault)
    options.onFault?.(fault)
  }
  const count = { played: 0, requests: 0, slowestMs: 0 }
  try {
    await opened.client.agents.update(opened.agent, { context_window_limit: 8_000 })
    for (; count.played < options.turns && faults.length < MAX_FAULTS; count.played++) {
      if (elapsed() > (options.maxMs ?? Number.POSITIVE_INFINITY)) break
      const dialect = pick(random, options.dialects)
      const model = `${dialect}/m${Math.floor(count.played / TURNS_PER_MODEL)}`
      await opened.client.agents.update(opened.agent, { model })
      const started = clock.now()
      const turn = await playTurn(opened, random, dialect)
      const ms = clock.now() - started
      count.requests += turn.requests
      count.slowestMs = Math.max(count.slowestMs, ms)
      if (ms > MAX_TURN_MS) addFault(`turn ${count.played} took ${Math.round(ms)} ms`)
      const shown = `turn ${count.played} of seed ${options.seed} to ${model}: ${turn.script}`
      for (const fault of turn.faults) addFault(`${fault}\n    in ${shown}`)
      options.onTurn?.(count.played)
    }
  } finally {
    clock.stop()
    await opened.close()
  }
  return { ...count, faults: faults.slice(0, MAX_FAULTS) }
}

interface PlayedTurn {
  readonly faults: readonly string[]
  readonly requests: number
  readonly script: string
}

async function playTurn(
  { endpoint, client, agent }: EndpointServer,
  random: Random,
  dialect: string,
): Promise<PlayedTurn> {
  const answers = [randomAnswer(random, dialect), randomAnswer(random, dialect)]
  const script = JSON.stringify(answers)
  endpoint.setTurns([...answers, { text: 'A second answer.', sticky: true }])
  const first = await send(client, agent, say(`turn ${pick(random, WORDS)}`))
  const pending = pendingCalls(first)
  // Some clients answer, some cancel, and some send the next message.
  if (pending.length > 0 && random() < 0.7) {
    const results = pending.flatMap((id) => answered(id, pick(random, WORDS)))
    const approvals = results.flatMap((one) => ('approvals' in one ? (one.approvals ?? []) : []))
    await send(client, agent, [{ type: 'approval', approvals }])
  }
  await client.agents.messages.cancel(agent)
  const sent = requestFaults(endpoint)
  const requests = endpoint.requests.length
  endpoint.setTurns([{ text: 'Fine.', sticky: true }])
  const plain = await send(client, agent, say('plain'))
  const isAnswered = plain.error === null && JSON.stringify(plain.events).includes('Fine.')
  const faults = [
    ...sent,
    ...requestFaults(endpoint),
    ...(isAnswered ? [] : [`the plain message was not answered: ${JSON.stringify(plain.error)}`]),
  ]
  return { faults, requests: requests + endpoint.requests.length, script }
}

function requestFaults({ requests }: ModelEndpoint): readonly string[] {
  return [...new Set(requests.flatMap(faultsOfRequest))]
}

function pendingCalls({ events }: Streamed): readonly string[] {
  const stop = events.find((event) => event['message_type'] === 'stop_reason')
  if (stop?.['stop_reason'] !== 'requires_approval') return []
  const ids = events.flatMap((event) =>
    event['message_type'] === 'approval_request_message'
      ? [Object(event['tool_call']).tool_call_id]
      : [],
  )
  return [...new Set(ids.map(String))]
}

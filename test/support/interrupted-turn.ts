import { Letta } from '@letta-ai/letta-client'
import type { StreamPart } from '../../lib/client/stream/decode.ts'
import { streamTurn } from '../../lib/client/stream/stream.ts'
import { defaultThread } from '../../lib/util/thread.ts'
import { lettaOverHttp } from './letta-over-http.ts'
import { createAgent } from './letta-server.ts'
import { scriptedProvider } from './scripted-provider.ts'

const ANSWER = 'Grüße, 日本語 🚀 and the rest of it.'
const BASH = { callId: 'c1', name: 'Bash', args: '{"command":"ls -la"}' }

/** The parts of the turn, each joined, when nothing is lost or doubled. */
export const COMPLETE_TURN: readonly string[] = [
  'reasoning: Let me think.',
  `assistant: ${ANSWER}`,
  'c1 local: Bash{"command":"ls -la"}',
  'stop: requires_approval',
  'usage: 110',
]

export interface InterruptedTurn {
  readonly lines: readonly string[]
  readonly thrown: unknown
  /** The number of connections that the turn took. */
  readonly connections: number
}

export interface Interruptions {
  /** Bytes after which the first, second … connection breaks. */
  readonly cuts: readonly number[]
  readonly background: boolean
  /** A broken connection stays open, without further bytes. */
  readonly silent?: boolean
}

/** Runs one turn with reasoning, text and a call over HTTP connections that break. */
export async function runInterruptedTurn({
  cuts,
  background,
  silent = false,
}: Interruptions): Promise<InterruptedTurn> {
  const model = scriptedProvider([
    { reasoning: 'Let me think.', text: ANSWER, calls: [BASH] },
    { text: 'Done.' },
  ])
  const letta = await lettaOverHttp({ model, cuts, silent })
  const client = new Letta({ baseURL: letta.url, apiKey: '', logLevel: 'off' })
  const agentId = await createAgent(client)
  const patience = { silence: silent ? 200 : 20_000, pause: 1, outage: 300 }
  const options = { background, maxSteps: null, patience }
  const input = { replies: [], message: { otid: 'o1', text: 'Hello', reminder: null } }
  const lines = await read(
    streamTurn(client, defaultThread(agentId), input, options, new AbortController().signal),
  )
  const connections = letta.requests.filter((request) => request.endsWith('/stream')).length
  await letta.close()
  return { ...lines, connections }
}

async function read(
  parts: AsyncIterable<StreamPart>,
): Promise<Pick<InterruptedTurn, 'lines' | 'thrown'>> {
  const lines = new Map<string, string>()
  const add = (key: string, text: string) => lines.set(key, (lines.get(key) ?? '') + text)
  try {
    for await (const part of parts) {
      if (part.type === 'reasoning' || part.type === 'assistant') add(part.type, part.text)
      else if (part.type === 'call') add(`${part.callId} ${part.host}`, part.tool + part.args)
      else if (part.type === 'stop') add('stop', part.reason)
      else if (part.type === 'usage') add('usage', `${part.usage.totalTokens}`)
      else add(part.type, JSON.stringify(part))
    }
  } catch (thrown) {
    return { lines: linesOf(lines), thrown }
  }
  return { lines: linesOf(lines), thrown: null }
}

function linesOf(lines: ReadonlyMap<string, string>): readonly string[] {
  return [...lines].map(([key, text]) => `${key}: ${text}`)
}

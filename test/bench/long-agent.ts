// CPU time of a turn early and late in the life of one agent with a tool, on the embedded server: npx tsx test/bench/long-agent.ts
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Letta } from '@letta-ai/letta-client'
import { openServer } from '../../lib/server/app.ts'
import type { Provider } from '../../lib/server/providers/provider.ts'
import {
  answered,
  clientOf,
  createAgent,
  say,
  send,
  temporaryDirectory,
} from '../support/letta-server.ts'
import { type ScriptedTurn, scriptedProvider } from '../support/scripted-provider.ts'

const STRETCH = 100
/** The first turns of each stretch. */
const STRETCHES = [200, 4000]
const OUTPUT = Array.from({ length: 40 }, (_, line) => `line ${line} of the output\n`).join('')
const CALL: ScriptedTurn = {
  calls: [{ callId: 'c', name: 'Bash', args: '{"command":"seq 40"}' }],
}

/** Calls the tool for a message and answers its result. It keeps no record of requests. */
function callingProvider(): Provider {
  const { listModels } = scriptedProvider([], { contextWindow: 16_000 })
  let number = 0
  return {
    id: 'scripted',
    title: 'Calling',
    acceptsAnyModel: false,
    listModels,
    async *stream(request, signal) {
      const asks = JSON.stringify(request.messages.at(-1)).includes('message ')
      const calls = (CALL.calls ?? []).map((call) => ({ ...call, callId: `c${++number}` }))
      const turn =
        asks && request.tools.length > 0 ? { calls } : { text: 'A few words. '.repeat(20) }
      yield* scriptedProvider([turn]).stream(request, signal)
    },
  }
}

async function takeTurn(client: Letta, agentId: string, turn: number): Promise<void> {
  const { events } = await send(client, agentId, say(`message ${turn}`))
  const request = events.find((event) => event['message_type'] === 'approval_request_message')
  const [call] = [request?.['tool_calls']].flat()
  if (call === undefined) throw new Error(`Turn ${turn} made no call: ${JSON.stringify(events)}`)
  const { error } = await send(client, agentId, answered(String(Object(call).tool_call_id), OUTPUT))
  if (error !== null) throw new Error(JSON.stringify(error))
}

const { directory } = await temporaryDirectory()
const server = await openServer({
  database: join(directory, 'letta.db'),
  providers: [callingProvider()],
})
const client = clientOf(server)
const agentId = await createAgent(client)
const times: number[] = []
let begun = process.cpuUsage()
for (let turn = 1; turn <= (STRETCHES.at(-1) ?? 0) + STRETCH; turn++) {
  await takeTurn(client, agentId, turn)
  if (turn % STRETCH !== 0) continue
  const { user, system } = process.cpuUsage(begun)
  const each = (user + system) / 1000 / STRETCH
  if (STRETCHES.includes(turn - STRETCH)) times.push(each)
  process.stderr.write(`${turn} turns: ${each.toFixed(1)} ms CPU a turn\n`)
  begun = process.cpuUsage()
}
await server.close()
rmSync(directory, { recursive: true })
const [early = Number.NaN, late = Number.NaN] = times
process.stdout.write(
  `${STRETCHES.map((from) => `turns ${from}–${from + STRETCH}`).join(', ')}: ` +
    `${early.toFixed(1)}, ${late.toFixed(1)} ms CPU a turn, ratio ${(late / early).toFixed(2)}\n`,
)

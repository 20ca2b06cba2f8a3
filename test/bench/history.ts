// An agent with 100 messages compared with one of 100,000: npx tsx test/bench/history.ts
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Letta } from '@letta-ai/letta-client'
import { newId } from '../../lib/server/ids.ts'
import type { MessageBody } from '../../lib/server/records.ts'
import { openStorage } from '../../lib/server/storage/storage.ts'
import { defaultThread } from '../../lib/util/thread.ts'
import {
  createAgent,
  openedServer,
  say,
  send,
  temporaryDirectory,
} from '../support/letta-server.ts'
import { scriptedProvider } from '../support/scripted-provider.ts'

const ROUNDS = 15
const SIZES = [100, 100_000] as const
/** Messages in the context window. Older ones have left it, so that both agents send the same prompt. */
const MESSAGES_IN_CONTEXT = 100

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** Fills a database with messages of one agent. Gives the id of the agent. */
async function fillDatabase(database: string, size: number): Promise<string> {
  const { client, close } = await openedServer({ database })
  const agentId = await createAgent(client)
  await close()
  const storage = openStorage(database)
  const thread = defaultThread(agentId)
  storage.transaction(() => {
    for (let index = 0; index < size; index++) {
      const createdAt = new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString()
      const runId = newId('run')
      const body = index % 2 === 0 ? question(index) : answer(index)
      storage.messages.append({
        ...thread,
        id: newId('message'),
        runId,
        stepId: null,
        createdAt,
        body,
      })
      if (index === size - MESSAGES_IN_CONTEXT - 1) storage.messages.forget(thread)
    }
  })
  storage.close()
  return agentId
}

const TEXT = 'words of a message that is about as long as messages are. '.repeat(5)

function question(index: number): MessageBody {
  return { role: 'user', content: [{ type: 'text', text: `${index} ${TEXT}` }], otid: null }
}

function answer(index: number): MessageBody {
  const text = `${index} ${TEXT}`
  return {
    role: 'assistant',
    reasoning: [],
    text,
    calls: [],
    partial: false,
    model: 'scripted/model',
  }
}

type HistoryStep = (client: Letta, agentId: string) => Promise<unknown>

const STEPS: Readonly<Record<string, HistoryStep>> = {
  'retrieve the agent': (client, agentId) => client.agents.retrieve(agentId),
  'list the last page': (client, agentId) =>
    client.agents.messages.list(agentId, { limit: 60, order: 'desc' }),
  'list the page before it': async (client, agentId) => {
    const { items } = await client.agents.messages.list(agentId, { limit: 60, order: 'desc' })
    const before = String(Object(items.at(0)).id)
    return client.agents.messages.list(agentId, { limit: 60, order: 'desc', before })
  },
  'send a message': (client, agentId) => send(client, agentId, say('hi')),
  'find a rare word': (client, agentId) => send(client, agentId, say('find')),
}

async function measure(database: string, agentId: string): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>()
  const time = async <Value>(name: string, work: () => Promise<Value>): Promise<Value> => {
    const begun = performance.now()
    const value = await work()
    times.set(name, [...(times.get(name) ?? []), performance.now() - begun])
    return value
  }
  for (let round = 0; round < ROUNDS; round++) {
    const call = { callId: `c${round}`, name: 'conversation_search', args: '{"query":"zebra"}' }
    const model = scriptedProvider([{ text: 'Hello.' }, { calls: [call] }, { text: 'None.' }])
    const opened = await time('open the server', () => openedServer({ database, model }))
    for (const [name, step] of Object.entries(STEPS)) {
      await time(name, () => step(opened.client, agentId))
    }
    await time('close the server', () => opened.close())
  }
  return times
}

const { directory } = await temporaryDirectory()
const results: Map<string, number[]>[] = []
for (const size of SIZES) {
  const database = join(directory, `${size}.db`)
  const agentId = await fillDatabase(database, size)
  await measure(database, agentId)
  results.push(await measure(database, agentId))
}
rmSync(directory, { recursive: true })

const [few, many] = results
process.stdout.write(
  `${'ms (median)'.padEnd(26)}${SIZES.map((size) => String(size).padStart(9)).join('')}    ratio\n`,
)
for (const [name, times] of few ?? []) {
  const [small, large] = [median(times), median(many?.get(name) ?? [])]
  const ratio = (large / small).toFixed(2)
  process.stdout.write(
    `${name.padEnd(26)}${small.toFixed(2).padStart(9)}${large.toFixed(2).padStart(9)}${ratio.padStart(9)}\n`,
  )
}

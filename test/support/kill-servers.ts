import path from 'node:path'
import Libsql from 'libsql'
import { answered, createAgent, openedServer, say, send } from './letta-server.ts'
import { scriptedProvider } from './scripted-provider.ts'
import { createSeededRandom } from './seeded-random.ts'
import { exchangeMessage, readStoredIds, startServerProcess } from './server-process.ts'

export interface KillReport {
  /** Ids of the messages that the client received, and its own ids of those that it sent. */
  readonly acknowledged: ReadonlySet<string>
  /** Acknowledged ids that the database does not contain. */
  readonly lost: readonly string[]
  /** The results of `pragma integrity_check` after each kill. */
  readonly integrity: ReadonlySet<string>
  /** The answers of the agent right after each kill. */
  readonly answers: ReadonlySet<string>
}

export interface KillOptions {
  readonly directory: string
  readonly rounds: number
  readonly seed: number
  /** Milliseconds after the first answer within which a kill happens. */
  readonly span: number
}

/** Kills a server process while a client uses it over HTTP, then examines its database; repeatedly. */
export async function killServers({
  directory,
  rounds,
  seed,
  span,
}: KillOptions): Promise<KillReport> {
  const database = path.join(directory, 'letta.db')
  const random = createSeededRandom(seed)
  const acknowledged = new Set<string>()
  const integrity = new Set<string>()
  const answers = new Set<string>()
  const agentId = await newAgent(database)
  for (let round = 0; round < rounds; round++) {
    await killOne(database, { agentId, delay: random() * span, acknowledged })
    integrity.add(check(database))
    answers.add(await askAgain(database, agentId))
  }
  const stored = readStoredIds(database)
  const lost = [...acknowledged].filter((id) => !stored.has(id))
  return { acknowledged, lost, integrity, answers }
}

async function newAgent(database: string): Promise<string> {
  const { client, close } = await openedServer({ database })
  const agentId = await createAgent(client)
  await close()
  return agentId
}

interface Round {
  readonly agentId: string
  readonly delay: number
  readonly acknowledged: Set<string>
}

async function killOne(database: string, { agentId, delay, acknowledged }: Round): Promise<void> {
  const { child, client, exited } = await startServerProcess(database)
  try {
    for (let count = 0; ; count++) {
      await exchangeMessage(client, agentId, acknowledged)
      if (count === 0) setTimeout(() => child.kill('SIGKILL'), delay)
    }
  } catch (thrown) {
    if (!child.killed) throw thrown
  }
  await exited
}

function check(database: string): string {
  const opened = new Libsql(database)
  const row: unknown = opened.prepare('pragma integrity_check').get()
  opened.close()
  return String(Object(row).integrity_check)
}

/** Opens the database and talks to the agent. A call that awaits its result is answered first. */
async function askAgain(database: string, agentId: string): Promise<string> {
  const model = scriptedProvider([{ text: 'Here I am.' }])
  const { client, close } = await openedServer({ database, model })
  try {
    const agent: unknown = await client.agents.retrieve(agentId)
    const waiting: unknown = Object(agent).pending_approval?.tool_calls?.[0]?.tool_call_id
    const messages = waiting === undefined ? say('hi') : answered(String(waiting), 'a.txt')
    const { events, error } = await send(client, agentId, messages)
    if (error !== null) return JSON.stringify(error)
    return events.map((event) => event['content'] ?? '').join('')
  } finally {
    await close()
  }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Letta } from '@letta-ai/letta-client'
import Libsql from 'libsql'
import { answered, createAgent, openedServer, type Streamed, say, send } from './letta-server.ts'
import { randomFrom } from './random.ts'
import { scriptedProvider } from './scripted-provider.ts'

export interface Kills {
  /** Ids of messages that the client was told of, and its own ids of those it sent. */
  readonly acknowledged: ReadonlySet<string>
  /** Of those, what the database does not hold. */
  readonly lost: readonly string[]
  /** What `pragma integrity_check` said, each time. */
  readonly integrity: ReadonlySet<string>
  /** What an agent answered right after its server was killed, each time. */
  readonly answers: ReadonlySet<string>
}

export interface KillOptions {
  readonly folder: string
  readonly rounds: number
  readonly seed: number
  /** Kills fall anywhere within so many milliseconds from the first answer on. */
  readonly span: number
}

/** A server in a process of its own, killed while a client talks to it over HTTP; then its file is looked at. */
export async function killServers({ folder, rounds, seed, span }: KillOptions): Promise<Kills> {
  const database = path.join(folder, 'letta.db')
  const random = randomFrom(seed)
  const acknowledged = new Set<string>()
  const integrity = new Set<string>()
  const answers = new Set<string>()
  const agentId = await newAgent(database)
  for (let round = 0; round < rounds; round++) {
    await killOne(database, { agentId, delay: random() * span, acknowledged })
    integrity.add(check(database))
    answers.add(await askAgain(database, agentId))
  }
  const stored = storedIds(database)
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
  const child = spawnServer(database)
  const url = await firstLine(child)
  const client = new Letta({ baseURL: url, apiKey: '', logLevel: 'off', maxRetries: 0 })
  const gone = once(child, 'exit')
  try {
    for (let count = 0; ; count++) {
      await turn(client, agentId, acknowledged)
      if (count === 0) setTimeout(() => child.kill('SIGKILL'), delay)
    }
  } catch (thrown) {
    if (!child.killed) throw thrown
  }
  await gone
}

function spawnServer(database: string): ChildProcess {
  const script = fileURLToPath(new URL('serve-chatter.ts', import.meta.url))
  const stdio = ['ignore', 'pipe', 'inherit'] as const
  return spawn(process.execPath, ['--import', 'tsx', script, database], { stdio: [...stdio] })
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('The server has no standard output.')
  for await (const line of createInterface({ input: stdout })) return line
  throw new Error('The server ended before it told its address.')
}

/** A message and the answers to all calls. A stream that has told its stop has acknowledged what it told. */
async function turn(client: Letta, agentId: string, acknowledged: Set<string>): Promise<void> {
  const otid = randomUUID()
  const message = say('a message')
  let streamed = await send(
    client,
    agentId,
    message.map((one) => ({ ...one, otid })),
  )
  for (;;) {
    const callId = acknowledge(streamed, acknowledged)
    acknowledged.add(otid)
    if (callId === null) return
    streamed = await send(client, agentId, answered(callId, 'a.txt'))
  }
}

/** Gives the call that waits for an answer now. */
function acknowledge({ events, error }: Streamed, acknowledged: Set<string>): string | null {
  if (error !== null) throw new Error(JSON.stringify(error))
  if (events.every((event) => event['message_type'] !== 'stop_reason')) {
    throw new Error('The stream broke off.')
  }
  for (const event of events) {
    const id = String(event['id'])
    if (id.startsWith('message-')) acknowledged.add(id)
  }
  const calls = events.flatMap((event) =>
    event['message_type'] === 'approval_request_message' ? [event['tool_calls']].flat() : [],
  )
  const [first] = calls
  return first === undefined ? null : String(Object(first).tool_call_id)
}

function check(database: string): string {
  const opened = new Libsql(database)
  const row: unknown = opened.prepare('pragma integrity_check').get()
  opened.close()
  return String(Object(row).integrity_check)
}

/** The next to open the file talks to the agent as if nothing had been; a call that waits is answered first. */
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

function storedIds(database: string): ReadonlySet<string> {
  const opened = new Libsql(database)
  const rows: unknown[] = opened.prepare(`select id, body ->> '$.otid' as otid from messages`).all()
  opened.close()
  return new Set(rows.flatMap((row) => [String(Object(row).id), String(Object(row).otid)]))
}

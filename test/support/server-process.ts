import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Letta } from '@letta-ai/letta-client'
import Libsql from 'libsql'
import { answered, type Streamed, say, send } from './letta-server.ts'

/** A server in a separate process (`scripted-server-program.ts`), and a client that uses it over HTTP. */
export interface ServerProcess {
  readonly child: ChildProcess
  readonly client: Letta
  /** Resolves when the process has ended. */
  readonly exited: Promise<unknown>
}

export async function startServerProcess(
  database: string,
  { fileLimit = null }: { readonly fileLimit?: number | null } = {},
): Promise<ServerProcess> {
  const child = spawnServer(database, fileLimit)
  const url = await firstLine(child)
  const client = new Letta({ baseURL: url, apiKey: '', logLevel: 'off', maxRetries: 0 })
  return { child, client, exited: once(child, 'exit') }
}

/** `fileLimit`: the size in kilobytes that no file can exceed, as on a full disk. */
function spawnServer(database: string, fileLimit: number | null): ChildProcess {
  const script = fileURLToPath(new URL('scripted-server-program.ts', import.meta.url))
  const program = [process.execPath, '--import', 'tsx', script, database]
  const limited = ['bash', '-c', `ulimit -f ${fileLimit}; exec "$@"`, 'bash', ...program]
  const [command = '', ...args] = fileLimit === null ? program : limited
  return spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('The server has no standard output.')
  for await (const line of createInterface({ input: stdout })) return line
  throw new Error('The server ended before it printed its address.')
}

/** Sends a message and the results of all calls. The ids of a stream that has reached its stop count as acknowledged. */
export async function exchangeMessage(
  client: Letta,
  agentId: string,
  acknowledged: Set<string>,
): Promise<void> {
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

/** Adds the ids of the streamed messages. Returns the call that awaits a result, or null. */
function acknowledge({ events, error }: Streamed, acknowledged: Set<string>): string | null {
  if (error !== null) throw new Error(JSON.stringify(error))
  if (events.every((event) => event['message_type'] !== 'stop_reason')) {
    throw new Error('The stream ended without a stop reason.')
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

export function readStoredIds(database: string): ReadonlySet<string> {
  const opened = new Libsql(database)
  const rows: unknown[] = opened.prepare(`select id, body ->> '$.otid' as otid from messages`).all()
  opened.close()
  return new Set(rows.flatMap((row) => [String(Object(row).id), String(Object(row).otid)]))
}

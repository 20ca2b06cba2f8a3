import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { connect } from '../../lib/client/connect.ts'
import { streamTurn } from '../../lib/client/stream/stream.ts'
import { defaultThread } from '../../lib/util/thread.ts'
import { CASES, loadCases } from '../support/cases.ts'

/** Responses of a server, recorded and invented; `expected.json` lists them with the outcome that each must have. */
const DIRECTORY = path.join(CASES, 'hostile-sse')

interface Case {
  readonly id: string
  readonly file: string
  readonly split: string
  readonly end: string
  readonly resume_file?: string
  readonly http?: {
    readonly status: number
    readonly location?: string
    readonly generate?: string
  }
  readonly expect: {
    readonly assistant?: string
    readonly assistant_any?: readonly string[]
    readonly stop_reason?: string
    readonly error?: boolean
    readonly error_contains?: string
    readonly interrupted?: boolean
    readonly approvals?: readonly { tool_call_id: string; name: string; args: unknown }[]
  }
}

describe('The client reads a hostile stream with the expected outcome, case', () => {
  const { cases } = loadCases('hostile-sse/expected.json') as { cases: readonly Case[] }

  for (const one of cases) {
    it(one.id, async () => {
      const got = await play(one)
      const { expect: wanted } = one
      const texts = wanted.assistant_any ?? [wanted.assistant ?? got.assistant]
      expect(texts).to.include(got.assistant)
      if (wanted.stop_reason !== undefined) expect(got.stop).to.equal(wanted.stop_reason)
      if (wanted.error !== undefined) expect(got.error !== null).to.equal(wanted.error)
      if (wanted.error_contains !== undefined) expect(got.error).to.contain(wanted.error_contains)
      if (wanted.interrupted !== undefined) expect(got.error).to.not.equal(null)
      if (wanted.approvals !== undefined) expect(got.approvals).to.deep.equal(wanted.approvals)
    })
  }
})

interface Got {
  readonly assistant: string
  readonly stop: string | null
  readonly error: string | null
  readonly approvals: readonly unknown[]
}

/** Milliseconds: a silent connection counts as lost soon, and is resumed at once. */
const PATIENCE = { silence: 300, pause: 1, outage: 300 }

async function play(one: Case): Promise<Got> {
  const { url, close } = await serve(one)
  const { client } = await connect({ type: 'selfHosted', url, password: null })
  const input = { replies: [], message: { otid: 'o', text: 'Hello', reminder: null } }
  const background = one.resume_file !== undefined || one.end === 'hang'
  const options = { background, maxSteps: null, patience: PATIENCE }
  let [assistant, stop, error]: [string, string | null, string | null] = ['', null, null]
  const calls = new Map<string, { name: string; args: string }>()
  try {
    const { signal } = new AbortController()
    for await (const part of streamTurn(client, defaultThread('agent-1'), input, options, signal)) {
      if (part.type === 'assistant') assistant += part.text
      else if (part.type === 'stop') stop = part.reason
      else if (part.type === 'error') error = `${part.error.message} ${part.error.detail}`
      else if (part.type === 'call' && part.host === 'local') {
        const { name, args } = calls.get(part.callId) ?? { name: '', args: '' }
        calls.set(part.callId, { name: name + part.tool, args: args + part.args })
      }
    }
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : 'no error'
  } finally {
    await close()
  }
  const approvals = [...calls].map(([id, { name, args }]) => {
    return { tool_call_id: id, name, args: isJson(args) ? JSON.parse(args) : args }
  })
  return { assistant, stop, error, approvals }
}

async function serve(one: Case): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost')
    if (pathname === '/v1/runs/') sendJson(response, [RUN])
    else if (pathname === '/v1/runs/run-1/messages') sendJson(response, [MESSAGE])
    else if (pathname === '/v1/runs/run-1/stream') void resume(request, response)
    else void start(response)
  })
  async function start(response: ServerResponse): Promise<void> {
    const { status = 200, location, generate } = one.http ?? {}
    const headers = { 'content-type': 'text/event-stream' }
    response.writeHead(status, location === undefined ? headers : { ...headers, location })
    response.flushHeaders()
    if (generate !== undefined) await send(response, lineWithoutEnd())
    else await send(response, bytesOf(readFileSync(path.join(DIRECTORY, one.file)), one.split))
    if (one.end === 'rst') response.destroy()
    else if (one.end !== 'hang') response.end()
  }
  async function resume(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { starting_after = 0 } = JSON.parse(await text(request))
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    if (one.resume_file === undefined) return
    const events = readFileSync(path.join(DIRECTORY, one.resume_file), 'utf8').split(/(?<=\n\n)/)
    const seqId = (event: string): number => Number(/"seq_id":(\d+)/.exec(event)?.[1] ?? Infinity)
    response.end(events.filter((event) => seqId(event) > (starting_after ?? 0)).join(''))
  }
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The run that a client finds by the otid of its message when the connection was lost before the first event. */
const RUN = { id: 'run-1', agent_id: 'agent-1' }
const MESSAGE = { id: 'message-1', message_type: 'user_message', otid: 'o', content: 'Hello' }

function sendJson(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(value))
}

async function send(response: ServerResponse, pieces: Iterable<Buffer>): Promise<void> {
  for (const piece of pieces) {
    if (response.destroyed) return
    await new Promise<void>((resolve) => {
      response.write(piece, () => resolve())
    })
  }
}

function* lineWithoutEnd(): Generator<Buffer> {
  yield Buffer.from('data: ')
  for (let count = 0; count < 64; count++) yield Buffer.alloc(1_048_576, 'x')
}

function bytesOf(bytes: Buffer, split: string): readonly Buffer[] {
  const size = Number(/^every:(\d+)/.exec(split)?.[1] ?? 0)
  if (split.startsWith('after-each:'))
    return bytes
      .toString('latin1')
      .split(/(?<=\r)/)
      .map((text) => Buffer.from(text, 'latin1'))
  if (size === 0) return [bytes]
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  )
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    // Truncated or invalid JSON is what some of these cases consist of.
    return false
  }
}

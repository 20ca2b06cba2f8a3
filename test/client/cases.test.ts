import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'
import { Letta } from '@letta-ai/letta-client'
import { expect } from 'chai'
import { streamTurn } from '../../lib/client/stream/stream.ts'
import { CASES } from '../support/cases.ts'

/** Recorded and invented bytes of a server, of `hostile-sse`; see its `expected.json`. */
const FOLDER = path.join(CASES, 'hostile-sse')

interface Case {
  readonly id: string
  readonly file: string
  readonly split: string
  readonly end: string
  readonly resume_file?: string
  readonly http?: unknown
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

describe('streams of hostile servers', () => {
  const cases: readonly Case[] = existsSync(FOLDER)
    ? JSON.parse(readFileSync(path.join(FOLDER, 'expected.json'), 'utf8')).cases
    : []

  for (const one of cases) {
    const isWhole = one.resume_file === undefined || existsSync(path.join(FOLDER, one.resume_file))
    if (!isWhole) continue
    // A silent server, a redirect and a line without end are about more than what a stream says.
    if (one.http !== undefined || one.end === 'hang') continue
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

async function play(one: Case): Promise<Got> {
  const { url, close } = await serve(one)
  const client = new Letta({ baseURL: url, apiKey: '', logLevel: 'off' })
  const input = { replies: [], message: { otid: 'o', text: 'Hello', reminder: null } }
  const options = { background: one.resume_file !== undefined, maxSteps: null }
  let [assistant, stop, error]: [string, string | null, string | null] = ['', null, null]
  const calls = new Map<string, { name: string; args: string }>()
  try {
    const { signal } = new AbortController()
    for await (const part of streamTurn(client, 'agent-1', input, options, signal)) {
      if (part.kind === 'assistant') assistant += part.text
      else if (part.kind === 'stop') stop = part.reason
      else if (part.kind === 'error') error = `${part.error.message} ${part.error.detail}`
      else if (part.kind === 'call' && part.runs === 'here') {
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
  const files = [one.file, ...(one.resume_file === undefined ? [] : [one.resume_file])]
  const server = createServer((_, response) => {
    const file = files.shift()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.flushHeaders()
    const bytes = file === undefined ? Buffer.alloc(0) : readFileSync(path.join(FOLDER, file))
    void send(bytesOf(bytes, one.split)).then(() => {
      if (one.end === 'rst' && files.length > 0) response.destroy()
      else response.end()
    })
    async function send(pieces: readonly Buffer[]): Promise<void> {
      for (const piece of pieces) {
        await new Promise<void>((resolve) => {
          response.write(piece, () => resolve())
        })
      }
    }
  })
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
    // Cut off, or no JSON at all: both are what these cases are about.
    return false
  }
}

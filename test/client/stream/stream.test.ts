import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Letta } from '@letta-ai/letta-client'
import { expect } from 'chai'
import { NOT_UNDERSTOOD, STREAM_LOST } from '../../../lib/client/messages.ts'
import { streamTurn } from '../../../lib/client/stream/stream.ts'
import { defaultThread } from '../../../lib/util/thread.ts'
import { COMPLETE_TURN, runInterruptedTurn } from '../../support/interrupted-turn.ts'

describe('Streaming a turn over connections that break', () => {
  const run = (cuts: readonly number[], background: boolean, silent = false) =>
    runInterruptedTurn({ cuts, background, silent })

  it('takes one request when nothing breaks', async () => {
    expect(await run([], true)).to.deep.equal({
      lines: COMPLETE_TURN,
      thrown: null,
      connections: 1,
    })
  })

  // An event has some 300 bytes, so the cuts are between events, within an event, within a character and after the last one.
  for (const cut of [400, 777, 1100, 1501, 1999, 2600, 3100, 3500]) {
    it(`loses and doubles nothing when the connection breaks after ${cut} bytes`, async () => {
      expect(await run([cut], true)).to.deep.equal({
        lines: COMPLETE_TURN,
        thrown: null,
        connections: 2,
      })
    })
  }

  it('resumes several times', async () => {
    const turn = await run([500, 600, 400, 900], true)
    expect(turn).to.deep.equal({ lines: COMPLETE_TURN, thrown: null, connections: 5 })
  })

  it('resumes any number of times while each connection delivers something new', async () => {
    const { lines, thrown, connections } = await run(Array(40).fill(700), true)
    // After the stop part a lost connection needs no resume.
    expect([lines.slice(0, 4), thrown]).to.deep.equal([COMPLETE_TURN.slice(0, 4), null])
    expect(connections).to.be.above(5)
  })

  it('fails when connections deliver nothing new for the time of an outage', async () => {
    const { lines, thrown, connections } = await run([700, ...Array(2000).fill(10)], true)
    expect(thrown).to.be.instanceOf(Error)
    expect(lines).to.not.include('stop: requires_approval')
    expect(lines).to.include('reconnecting: {"type":"reconnecting"}')
    expect(connections).to.be.above(6)
  })

  it('treats a silent connection as broken', async () => {
    const { lines, thrown, connections } = await run([900, 400], true, true)
    expect({ lines, thrown }).to.deep.equal({ lines: COMPLETE_TURN, thrown: null })
    expect(connections).to.be.above(2)
  })

  it('finds the run of the message when the connection breaks before the run is known', async () => {
    for (const cut of [0, 1, 150]) {
      expect(await run([cut], true)).to.deep.equal({
        lines: COMPLETE_TURN,
        thrown: null,
        connections: 2,
      })
    }
  })

  it('never repeats the message when it may have arrived', async () => {
    const { lines, thrown, connections } = await run([0], false)
    expect(lines).to.deep.equal([])
    expect(thrown).to.be.instanceOf(Error)
    expect(connections).to.equal(1)
  })

  it('reports the break when the run cannot be resumed', async () => {
    const { lines, thrown, connections } = await run([1500], false)
    expect(lines[0]).to.equal('reasoning: Let me think.')
    expect(thrown).to.be.instanceOf(Error)
    expect(connections).to.equal(1)
  })
})

describe('A background turn', () => {
  /** The requests that a turn takes, and what it ends with, on a server that answers its message so and knows no run. */
  const runOn = async (
    answer: (response: ServerResponse) => Promise<void>,
    silence: number,
    { outage = 50, others = '[]' } = {},
  ) => {
    const requests: string[] = []
    const server = createServer((request, response) => {
      requests.push(`${request.method}`)
      request.resume()
      if (request.method === 'POST') void answer(response)
      else response.writeHead(200, { 'content-type': 'application/json' }).end(others)
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const { port } = server.address() as AddressInfo
    const client = new Letta({ baseURL: `http://127.0.0.1:${port}`, apiKey: '', logLevel: 'off' })
    const options = {
      background: true,
      maxSteps: null,
      patience: { silence, pause: 1, outage },
    }
    const input = { replies: [], message: { otid: 'o1', text: 'Hello', reminder: null } }
    const { signal } = new AbortController()
    let thrown: unknown = null
    let last = ''
    try {
      const thread = defaultThread('agent-1')
      for await (const part of streamTurn(client, thread, input, options, signal)) last = part.type
    } catch (reason) {
      thrown = reason
    }
    server.closeAllConnections()
    server.close()
    return { sent: requests.filter((method) => method === 'POST').length, last, thrown }
  }

  for (const others of ['<html>', '{}', 'null', '[{"id":7}]']) {
    it(`ends at once on a server of which no event is known, and which lists ${others} as runs`, async () => {
      const strange = async (response: ServerResponse): Promise<void> => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.end('data: {"message_type":"greeting"}\n\ndata: hello\n\ndata: [DONE]\n\n')
      }
      const { sent, thrown } = await runOn(strange, 20_000, { outage: 300_000, others })
      expect(sent).to.equal(1)
      expect(thrown).to.have.property('message', NOT_UNDERSTOOD.message)
    })
  }

  it('ends after several answers without an event to a run that is resumed', async () => {
    const first = async (response: ServerResponse): Promise<void> => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end('data: {"message_type":"ping","run_id":"run-1","seq_id":1}\n\n')
    }
    const { thrown } = await runOn(first, 20_000, { outage: 300_000 })
    expect(thrown).to.have.property('message', STREAM_LOST.message)
  })

  it('is sent once when its connection breaks and the server knows no run of it', async () => {
    const { sent, thrown } = await runOn(async (response) => void response.destroy(), 20_000)
    expect(sent).to.equal(1)
    expect(thrown).to.be.instanceOf(Error)
  })

  it('that has begun sends its results once the server can be reached again', async () => {
    const closed = createServer()
    await new Promise<void>((resolve) => {
      closed.listen(0, '127.0.0.1', resolve)
    })
    const { port } = closed.address() as AddressInfo
    await new Promise((resolve) => closed.close(resolve))
    const bodies: string[] = []
    const server = createServer(async (request, response) => {
      let body = ''
      for await (const part of request) body += part
      bodies.push(body)
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end('data: {"message_type":"stop_reason","stop_reason":"end_turn"}\n\n')
    })
    const client = new Letta({ baseURL: `http://127.0.0.1:${port}`, apiKey: '', logLevel: 'off' })
    const patience = { silence: 20_000, pause: 1, outage: 20_000 }
    const options = { background: true, maxSteps: null, patience }
    const reply = { type: 'result', callId: 'c1', status: 'success', text: 'made' } as const
    const input = {
      replies: [{ ...reply, stdout: [], stderr: [], pictures: [] }],
      message: null,
    }
    const thread = defaultThread('agent-1')
    const parts: string[] = []
    const { signal } = new AbortController()
    for await (const part of streamTurn(client, thread, input, options, signal)) {
      parts.push(part.type)
      if (part.type === 'reconnecting') server.listen(port, '127.0.0.1')
    }
    server.closeAllConnections()
    server.close()
    expect(parts).to.deep.equal(['reconnecting', 'stop'])
    expect(bodies).to.have.length(1)
    expect(bodies[0]).to.include('made')
  })

  it('may take longer than the time after which a silent connection counts as broken', async () => {
    const silence = 1000
    const { sent, last, thrown } = await runOn(async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (let passed = 0; passed <= 1.3 * silence; passed += silence / 10) {
        response.write('data: {"message_type":"ping"}\n\n')
        await delay(silence / 10)
      }
      response.end('data: {"message_type":"stop_reason","stop_reason":"end_turn"}\n\n')
    }, silence)
    expect({ sent, last, thrown }).to.deep.equal({ sent: 1, last: 'stop', thrown: null })
  })
})

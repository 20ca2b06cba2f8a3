import { EventEmitter, once } from 'node:events'
import { readFileSync, statSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { openDebugLog } from '../../bin/debug-log.ts'
import { debugLogFull } from '../../bin/messages.ts'
import { requestChannel, withRequestLog } from '../../lib/client/request-log.ts'
import { skippedEvents } from '../../lib/server/providers/skipped-events.ts'
import { openShell, type Shell } from '../support/command-line.ts'

const KEY = 'Canary_Quartz_7781'

describe('The debug log of LETTA_DEBUG', () => {
  let shell: Shell
  beforeEach(async () => {
    shell = await openShell([{ text: 'A private answer.' }])
  })
  afterEach(() => shell.close())

  const file = (): string => path.join(shell.project, 'debug.log')
  const run = (more: Record<string, string> = {}) =>
    shell.letta(['-p', 'A private question'], {
      environment: { OPENAI_API_KEY: KEY, LETTA_DEBUG: 'debug.log', ...more },
    })
  /** The log is written with a delay; opening it again writes nothing. */
  const read = async (text: string): Promise<string> => {
    for (;;) {
      const log = readFileSync(file(), 'utf8')
      if (log.includes(text)) return log
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  it('contains requests and event types, and neither keys nor message text', async () => {
    expect((await run()).code).to.equal(0)
    const log = await read('event turn.finished')
    expect(log).to.match(
      / request POST \/v1\/agents\/?\S* 2\d\d \d+ ms, \d+ B sent, \d+ B received$/m,
    )
    expect(log).to.match(/ event message\.delta$/m)
    expect(log).to.not.match(/private|Canary/)
    expect((statSync(file()).mode & 0o777).toString(8)).to.equal('600')
  })

  it('contains the text of events with LETTA_DEBUG_TEXT=1, but no keys', async () => {
    await run({ LETTA_DEBUG_TEXT: '1' })
    expect(await read('turn.finished'))
      .to.include('A private answer.')
      .and.not.include('Canary')
  })

  it('contains what a provider sent that was not understood, without its text', () => {
    const log = openDebugLog(file(), { env: {} })
    skippedEvents.publish({ title: 'Ollama', text: 'half a private chunk' })
    log.flush()
    expect(readFileSync(file(), 'utf8'))
      .to.match(/ skipped 20 characters from Ollama$/m)
      .and.not.include('private')
  })

  it('is not written through a symbolic link', async () => {
    symlinkSync('/dev/null', file())
    expect((await run()).code).to.equal(1)
  })

  it('ends with a line that says so when it has reached its maximum size', () => {
    const log = openDebugLog(file(), { env: {}, maxBytes: 200 })
    for (let count = 0; count < 50; count++) log.record({ type: 'tick' })
    log.flush()
    const lines = readFileSync(file(), 'utf8').trimEnd().split('\n')
    expect(lines.at(-1)).to.equal(debugLogFull(200))
    expect(lines.length).to.be.below(10)
  })
})

describe('A request that is logged', () => {
  it('is published when its response has been read, or has failed', async () => {
    const entries: unknown[] = []
    const hear = (entry: unknown): void => void entries.push(entry)
    requestChannel.subscribe(hear)
    const fetch = withRequestLog(async (input) => {
      if (String(input).endsWith('/down')) throw new TypeError('fetch failed')
      return new Response('12345', { status: 201 })
    })
    const response = await fetch('http://letta.test/v1/blocks?secret=x', {
      method: 'POST',
      body: 'abc',
    })
    expect(entries).to.deep.equal([])
    expect(await response.text()).to.equal('12345')
    await fetch('http://letta.test/down').catch(() => null)
    requestChannel.unsubscribe(hear)
    expect(entries.map((entry) => ({ ...Object(entry), milliseconds: 0 }))).to.deep.equal([
      {
        method: 'POST',
        path: '/v1/blocks',
        status: 201,
        milliseconds: 0,
        sentBytes: 3,
        receivedBytes: 5,
        error: null,
      },
      {
        method: 'GET',
        path: '/down',
        status: null,
        milliseconds: 0,
        sentBytes: 0,
        receivedBytes: 0,
        error: 'TypeError',
      },
    ])
  })
  it('is published once when its response is cancelled during a read', async () => {
    const entries: unknown[] = []
    const hear = (entry: unknown): void => void entries.push(entry)
    requestChannel.subscribe(hear)
    const chunks = [Buffer.from('123')]
    const waits = new EventEmitter()
    const source = new ReadableStream(
      {
        pull(controller) {
          const chunk = chunks.shift()
          if (chunk === undefined) waits.emit('waiting')
          else controller.enqueue(chunk)
        },
      },
      { highWaterMark: 0 },
    )
    const isWaiting = once(waits, 'waiting')
    const fetch = withRequestLog(async () => new Response(source))
    const reader = (await fetch('http://letta.test/stream')).body?.getReader()
    await reader?.read()
    const pending = reader?.read()
    await isWaiting
    await reader?.cancel()
    expect(await pending).to.deep.equal({ value: undefined, done: true })
    await new Promise((resolve) => setImmediate(resolve))
    requestChannel.unsubscribe(hear)
    expect(entries.map((entry) => ({ ...Object(entry), milliseconds: 0 }))).to.deep.equal([
      {
        method: 'GET',
        path: '/stream',
        status: 200,
        milliseconds: 0,
        sentBytes: 0,
        receivedBytes: 3,
        error: null,
      },
    ])
  })
})

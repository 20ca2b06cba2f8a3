import { mock } from 'node:test'
import { expect } from 'chai'
import { replayRun, streamRun } from '../../../lib/server/http/event-stream.ts'
import type { RunRecord } from '../../../lib/server/records.ts'
import { createLiveRun } from '../../../lib/server/runs/live-run.ts'

const PING_INTERVAL_MS = 20_000

describe('The event stream of a run', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setInterval'] }))
  afterEach(() => mock.timers.reset())

  const runOf = (background: boolean) => createLiveRun({ background } as RunRecord)
  const { signal } = new AbortController()

  it('ends at once for a reader that left before it started', async () => {
    const run = runOf(false)
    let disconnects = 0
    const left = AbortSignal.abort(new Error('left'))
    const response = streamRun(run, { after: 0, signal: left, onDisconnect: () => disconnects++ })
    const thrown: unknown = await response.text().catch((one: unknown) => one)
    expect([Object(thrown).message, disconnects]).to.deep.equal(['left', 1])
  })

  it('contains a ping with the number of the last event in every twenty seconds', async () => {
    const run = runOf(true)
    const response = streamRun(run, { after: 0, signal })
    run.emit({ message_type: 'assistant_message', content: 'Hi' })
    mock.timers.tick(PING_INTERVAL_MS)
    run.finish(null)
    mock.timers.tick(PING_INTERVAL_MS)
    expect(eventsOf(await response.text())).to.deep.equal([
      ['assistant_message', 1],
      ['ping', 1],
    ])
  })

  it('contains pings without a number in the foreground', async () => {
    const run = runOf(false)
    const response = streamRun(run, { after: 0, signal })
    mock.timers.tick(PING_INTERVAL_MS)
    run.finish(null)
    expect(eventsOf(await response.text())).to.deep.equal([['ping', null]])
  })

  it('contains neither pings nor message types that were not requested', async () => {
    const run = runOf(true)
    const filter = { types: ['assistant_message'], pings: false }
    const response = streamRun(run, { after: 0, signal, filter })
    for (const message_type of ['reasoning_message', 'assistant_message', 'error_message']) {
      run.emit({ message_type })
    }
    mock.timers.tick(PING_INTERVAL_MS)
    run.finish(null)
    expect(eventsOf(await response.text())).to.deep.equal([
      ['assistant_message', 2],
      ['error_message', 3],
    ])
  })

  it('can be replayed after any event', async () => {
    const run = runOf(true)
    for (const content of ['one', 'two', 'three']) {
      run.emit({ message_type: 'assistant_message', content })
    }
    const text = await replayRun(run.events, 1).text()
    expect(eventsOf(text).map(([, seq]) => seq)).to.deep.equal([2, 3])
    expect(text.endsWith('data: [DONE]\n\n')).to.equal(true)
  })
})

/** The type and the number of each event before `[DONE]`. */
function eventsOf(text: string): readonly (readonly unknown[])[] {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith('data: {')) return []
    const { message_type, seq_id } = JSON.parse(line.slice(6))
    return [[message_type, seq_id]]
  })
}

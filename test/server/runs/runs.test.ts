import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import Libsql from 'libsql'
import { startOfProcess } from '../../../lib/fs/process-identity.ts'
import { openServer } from '../../../lib/server/app.ts'
import { newId } from '../../../lib/server/ids.ts'
import { INTERRUPTED_TYPE } from '../../../lib/server/messages/api.ts'
import { NO_ANSWER } from '../../../lib/server/messages/prompts.ts'
import type { RunRecord } from '../../../lib/server/records.ts'
import type { RunInput } from '../../../lib/server/runs/loop-context.ts'
import { createRuns } from '../../../lib/server/runs/runs.ts'
import { openStorage } from '../../../lib/server/storage/storage.ts'
import { defaultThread } from '../../../lib/util/thread.ts'
import {
  clientOf,
  collect,
  createAgent,
  openedServer,
  outline,
  say,
  send,
  temporaryDirectory,
} from '../../support/letta-server.ts'
import { scriptedProvider } from '../../support/scripted-provider.ts'
import { skipWhen } from '../../support/skip.ts'
import { withServer } from '../../support/with-server.ts'

describe('A run of the embedded server', () => {
  const opened = withServer()

  const resume = (runId: unknown, startingAfter: number) =>
    collect(opened.client.runs.messages.stream(String(runId), { starting_after: startingAfter }))

  it('in the background can be streamed again from any event on after its end', async () => {
    opened.model.play({ text: 'one two three' })
    const { events } = await send(opened.client, opened.agentId, say('hi'), { background: true })
    const again = await resume(events[0]?.['run_id'], 2)
    expect(again.events).to.deep.equal(events.slice(2))
  })

  it('in the background can be streamed from any event on while it is active', async () => {
    opened.model.play({ text: 'one two', hang: true })
    const first = send(opened.client, opened.agentId, say('hi'), { background: true })
    await opened.model.hanging()
    const { items } = await opened.client.runs.list({ agent_id: opened.agentId, active: true })
    expect(items.map((run) => run.status)).to.deep.equal(['running'])
    const again = resume(items[0]?.id, 2)
    await opened.client.agents.messages.cancel(opened.agentId)
    expect(outline((await again).events)).to.deep.equal([
      'assistant_message "two"',
      'stop_reason cancelled',
    ])
    expect(outline((await first).events)).to.have.lengthOf(4)
  })

  it('streamed from beyond its end ends at once', async () => {
    opened.model.play({ text: 'one' })
    const { events } = await send(opened.client, opened.agentId, say('hi'), { background: true })
    expect((await resume(events[0]?.['run_id'], 1000)).events).to.deep.equal([])
  })

  it('in the foreground cannot be streamed again', async () => {
    opened.model.play({ text: 'one' })
    const { events } = await send(opened.client, opened.agentId, say('hi'))
    const thrown = await resume(events[0]?.['run_id'], 0).catch((one: unknown) => one)
    expect(thrown).to.include({ status: 400 })
  })

  it('can be retrieved with its outcome', async () => {
    opened.model.play({ text: 'one' })
    const { events } = await send(opened.client, opened.agentId, say('hi'))
    const run = await opened.client.runs.retrieve(String(events[0]?.['run_id']))
    expect(run).to.deep.include({
      agent_id: opened.agentId,
      status: 'completed',
      stop_reason: 'end_turn',
      background: false,
    })
  })

  it('is stored with its events when the server is opened again', async () => {
    const { directory, remove } = await temporaryDirectory()
    const database = path.join(directory, 'letta.db')
    const model = scriptedProvider([{ text: 'one two' }])
    const before = await openedServer({ database, model })
    const id = await createAgent(before.client)
    const { events } = await send(before.client, id, say('hi'), { background: true })
    await before.close()
    const after = await openedServer({ database, model })
    const again = await collect(
      after.client.runs.messages.stream(String(events[0]?.['run_id']), { starting_after: 1 }),
    )
    expect(again.events).to.deep.equal(events.slice(1))
    await after.close()
    await remove()
  })

  it('can be streamed again for three hours, also by a server that is open longer', async () => {
    let hours = 0
    const model = scriptedProvider([{ text: 'one' }, { text: 'two' }, { text: 'three' }])
    const now = (): number => Date.UTC(2026, 0, 1, hours)
    const server = await openServer({ database: ':memory:', providers: [model], now })
    const client = clientOf(server)
    const id = await createAgent(client)
    const counts: number[] = []
    const runs: string[] = []
    for (const hour of [0, 2, 4]) {
      hours = hour
      const { events } = await send(client, id, say('hi'), { background: true })
      runs.push(String(events[0]?.['run_id']))
    }
    for (const run of runs) {
      const again = collect(client.runs.messages.stream(run, { starting_after: 0 }))
      counts.push((await again).events.length)
    }
    expect(counts).to.deep.equal([0, 4, 4])
    await server.close()
  })

  it('does not start for an agent that no longer exists', async () => {
    const storage = openStorage(':memory:')
    const now = (): Date => new Date()
    const resolveModel = (): never => {
      throw new Error('No model is asked here.')
    }
    const runs = createRuns({ storage, now, resolveModel })
    const thread = defaultThread(newId('agent'))
    const request = { thread, input: NO_INPUT, background: false, otids: null } as const
    const thrown = await runs
      .start({ ...request, type: 'send_message' })
      .catch((one: unknown) => one)
    expect(thrown).to.include({ status: 404 })
    expect(storage.runs.last(thread)).to.equal(null)
    await runs.close()
    storage.close()
  })

  it('can be started without waiting for it, and read later', async () => {
    opened.model.play({ text: 'Done.' })
    const run = await opened.client.agents.messages.createAsync(opened.agentId, {
      messages: say('hi'),
    })
    expect([run.background, run.metadata]).to.deep.equal([true, { run_type: 'send_message_async' }])
    const { events } = await resume(run.id, 1)
    expect(outline(events)).to.deep.equal([
      'assistant_message "Done."',
      'stop_reason end_turn',
      'usage_statistics',
    ])
  })

  it('whose process was killed has failed, and its agent is free and remembers the message', async () => {
    const { directory, remove } = await temporaryDirectory()
    const database = path.join(directory, 'letta.db')
    const { child, agentId: killedAgent } = await hangingProcess(database)
    await killed(child)
    const model = scriptedProvider([{ text: 'Well.' }])
    const { client, close } = await openedServer({ database, model })
    const { items } = await client.runs.list({ agent_id: killedAgent })
    expect(items.map((run) => run.status)).to.deep.equal(['failed'])
    const { error } = await send(client, killedAgent, say('again'))
    expect(error).to.equal(null)
    expect(model.requests[0]?.messages.slice(1)).to.deep.equal([
      { role: 'user', content: [{ type: 'text', text: 'hi' }] },
      { role: 'assistant', reasoning: [], text: NO_ANSWER, calls: [] },
      { role: 'user', content: [{ type: 'text', text: 'again' }] },
    ])
    await close()
    await remove()
  })

  it('whose process was killed leaves what the model had written, and is not listed as active', async () => {
    const { directory, remove } = await temporaryDirectory()
    const database = path.join(directory, 'letta.db')
    const { child, agentId: killedAgent } = await hangingProcess(database)
    // Another process is open all the time, so that nothing is found out by a start.
    const { client, close } = await openedServer({ database })
    await saved(database)
    await killed(child)
    const active = await client.runs.list({ active: true })
    expect(active.items).to.deep.equal([])
    const { items } = await client.runs.list({ agent_id: killedAgent })
    expect(
      items.map(({ status, metadata }) => [status, Object(metadata?.['error']).error_type]),
    ).to.deep.equal([['failed', INTERRUPTED_TYPE]])
    const read = collect(client.runs.messages.stream(items[0]?.id ?? '', { starting_after: 2 }))
    const { events, error } = await read
    expect(outline(events)).to.deep.equal(['stop_reason error'])
    expect(error).to.include({ error_type: INTERRUPTED_TYPE })
    const stored = await client.agents.messages.list(killedAgent, { order: 'asc' })
    const answer = stored.items.find((one) => one.message_type === 'assistant_message')
    expect(answer).to.include({ content: 'Half an' })
    const { message_ids: inContext } = await client.agents.retrieve(killedAgent)
    expect(inContext).to.include(answer?.id)
    await close()
    await remove()
  })

  it('of another server in this process stays active, and its messages end with what the model has written', async () => {
    const { directory, remove } = await temporaryDirectory()
    const database = path.join(directory, 'letta.db')
    const model = scriptedProvider([{ text: 'Half an', hang: true }])
    const first = await openedServer({ database, model })
    const agentId = await createAgent(first.client)
    const sent = send(first.client, agentId, say('hi'))
    await saved(database)
    const second = await openedServer({ database })
    const [active] = (await second.client.runs.list({ active: true })).items
    expect(active?.agent_id).to.equal(agentId)
    const { items } = await second.client.runs.messages.list(active?.id ?? '')
    expect(outline(items.map((item) => ({ ...item })))).to.deep.equal([
      'user_message "hi"',
      'assistant_message "Half an"',
    ])
    await second.client.agents.messages.cancel(agentId)
    await sent
    const run = await second.client.runs.retrieve(active?.id ?? '')
    expect([run.status, model.aborted]).to.deep.equal(['cancelled', 1])
    await second.close()
    await first.close()
    await remove()
  })

  it('of another living process is a conflict, and can be cancelled from here', async () => {
    const { directory, remove } = await temporaryDirectory()
    const database = path.join(directory, 'letta.db')
    const { child, agentId: busyAgent } = await hangingProcess(database)
    const { client, close } = await openedServer({ database })
    const thrown = await send(client, busyAgent, say('me too')).catch((one: unknown) => one)
    expect(thrown).to.include({ status: 409 })
    const { items } = await client.runs.list({ agent_id: busyAgent })
    expect(items.map((run) => run.status)).to.deep.equal(['running'])
    expect(await client.agents.messages.cancel(busyAgent)).to.deep.equal({
      [items[0]?.id ?? '']: 'cancelled',
    })
    const ended = await client.runs.list({ agent_id: busyAgent })
    expect(ended.items.map((run) => [run.status, run.stop_reason])).to.deep.equal([
      ['cancelled', 'cancelled'],
    ])
    await killed(child)
    await close()
    await remove()
  })

  it('has failed when its process id belongs to another program by now', async function () {
    skipWhen(
      this,
      startOfProcess(process.ppid) === null,
      'the system does not tell when processes started',
    )
    const { directory, remove } = await temporaryDirectory()
    const database = path.join(directory, 'letta.db')
    const before = await openedServer({ database })
    const id = await createAgent(before.client)
    await before.close()
    const storage = openStorage(database)
    const at = new Date(Date.now() - 61_000).toISOString()
    const run: RunRecord = {
      ...defaultThread(id),
      id: newId('run'),
      type: 'send_message',
      status: 'running',
      stopReason: null,
      background: false,
      createdAt: at,
      completedAt: null,
      processId: process.ppid,
      processStartedAt: '1',
      heartbeatAt: at,
    }
    storage.runs.insert(run, null)
    storage.close()
    const { client, close } = await openedServer({ database })
    const { items } = await client.runs.list({ agent_id: id })
    expect(items.map((run) => run.status)).to.deep.equal(['failed'])
    await close()
    await remove()
  })
})

const NO_INPUT: RunInput = {
  ...{ replies: null, messages: [], clientTools: [], clientSkills: [], model: null, maxSteps: 1 },
  ...{ tokens: false, compactionEvents: false },
}

async function hangingProcess(database: string): Promise<{ child: ChildProcess; agentId: string }> {
  const script = fileURLToPath(new URL('../../support/hanging-server-program.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, database], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(child.stdout, 'data')
  return { child, agentId: String(line).trim() }
}

/** Waits until a part of an answer is stored. */
async function saved(database: string): Promise<void> {
  const reader = new Libsql(database)
  const count = reader.prepare('select count(*) as found from partial_answers')
  while (Object(count.get()).found === 0) await nextTurn()
  reader.close()
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

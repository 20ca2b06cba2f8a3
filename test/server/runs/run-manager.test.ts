import { mock } from 'node:test'
import { expect } from 'chai'
import { HttpError } from '../../../lib/server/errors.ts'
import { newId } from '../../../lib/server/ids.ts'
import { agentOrConversationGone } from '../../../lib/server/messages/api.ts'
import { emptyAnswer } from '../../../lib/server/messages/providers.ts'
import {
  type AgentRecord,
  DEFAULT_COMPACTION,
  type RunRecord,
} from '../../../lib/server/records.ts'
import type { LoopContext, RunInput } from '../../../lib/server/runs/loop-context.ts'
import { createRuns, type RunManager, type RunRequest } from '../../../lib/server/runs/runs.ts'
import type { NewMessage } from '../../../lib/server/storage/messages.ts'
import type { PartialAnswer } from '../../../lib/server/storage/partial-answers.ts'
import { openStorage, type Storage } from '../../../lib/server/storage/storage.ts'
import { defaultThread } from '../../../lib/util/thread.ts'
import { type ScriptedProvider, scriptedProvider } from '../../support/scripted-provider.ts'

/** Larger than any process id of Linux and macOS. */
const NO_PROCESS = 2 ** 22 + 1
const AGENT_ID = newId('agent')
const THREAD = defaultThread(AGENT_ID)

describe('The run manager', () => {
  let storage: Storage
  let model: ScriptedProvider
  let runs: RunManager
  let context: LoopContext

  beforeEach(() => {
    mock.timers.enable({ apis: ['setInterval'] })
    storage = openStorage(':memory:')
    storage.agents.insert(AGENT)
    model = scriptedProvider()
    const resolveModel = () => ({ provider: model, model: 'model' })
    context = { storage, now: () => new Date(), resolveModel }
    runs = createRuns(context)
  })
  afterEach(async () => {
    await runs.close()
    storage.close()
    mock.timers.reset()
  })

  const status = (id: string) => storage.runs.get(id)?.status

  it('waits for the end of a cancelled run before it starts the next one', async () => {
    let end = (): void => {}
    const until = new Promise<void>((resolve) => {
      end = resolve
    })
    model.play({ text: 'Slow.', until }, { text: 'Next.' })
    const first = await runs.start(request())
    await reached(() => model.requests.length === 1)
    first.abort()
    const second = runs.start(request())
    end()
    expect((await second).record.status).to.equal('running')
    expect(status(first.record.id)).to.equal('cancelled')
  })

  it('cancels a run although its provider ignores the abort', async () => {
    let end = (): void => {}
    const until = new Promise<void>((resolve) => {
      end = resolve
    })
    model.play({ text: 'Slow.', until })
    const run = await runs.start(request())
    await reached(() => model.requests.length === 1)
    const cancelled = runs.cancelRun(run.record.id)
    await new Promise((resolve) => setImmediate(resolve))
    // A run of this process is waited for, not requested from another one.
    expect(storage.runs.cancelRequested()).to.deep.equal([])
    end()
    expect(await cancelled).to.equal('cancelled')
    expect([status(run.record.id), run.events.at(-1)?.json['stop_reason']]).to.deep.equal([
      'cancelled',
      'cancelled',
    ])
  })

  it('fails a run whose process has ended since the server was opened', async () => {
    const dead = storedRun({ processId: NO_PROCESS })
    storage.runs.insert(dead, null)
    await runs.start(request())
    expect(status(dead.id)).to.equal('failed')
  })

  it('fails a run with its own process id, which an earlier process had', async () => {
    const dead = storedRun({ processId: process.pid })
    storage.runs.insert(dead, null)
    await runs.start(request())
    expect(status(dead.id)).to.equal('failed')
  })

  it('refuses a run while another living process has one in the conversation', async () => {
    const active = storedRun({ processId: process.ppid })
    storage.runs.insert(active, null)
    const thrown: unknown = await runs.start(request()).catch((one: unknown) => one)
    expect(Object(thrown).status).to.equal(409)
    expect(status(active.id)).to.equal('running')
  })

  it('refuses a message, and stores no run, when another process has left a call that waits since the request came', async () => {
    let isLate = false
    const transaction: Storage['transaction'] = (work) => {
      if (isLate) storage.messages.append(WAITING)
      isLate = false
      return storage.transaction(work)
    }
    const others = createRuns({ ...context, storage: { ...storage, transaction } })
    isLate = true
    const refusePending = (id: string) => new HttpError(409, id)
    const started = others.start({ ...request(), refusePending })
    const thrown: unknown = await started.catch((one: unknown) => one)
    expect(Object(thrown)).to.include({ status: 409, message: WAITING.id })
    expect(storage.runs.last(THREAD)).to.equal(null)
    await others.close()
  })

  it('refuses a run of an agent that does not exist', async () => {
    storage.agents.remove(AGENT_ID)
    const thrown: unknown = await runs.start(request()).catch((one: unknown) => one)
    expect(Object(thrown)).to.include({ status: 404, message: agentOrConversationGone(AGENT_ID) })
  })

  for (const [text, left] of [
    ['', 'leaves no reasoning without an answer behind when a run fails'],
    ['Half', 'makes what a failed run could not store a part of the history'],
  ] as const) {
    it(left, async () => {
      let end = (): void => {}
      const until = new Promise<void>((resolve) => {
        end = resolve
      })
      model.play({ reasoning: 'Hm.' }, { reasoning: 'Hm.', until })
      const run = await runs.start({ ...request(), input: { ...INPUT, messages: [] } })
      await reached(() => model.requests.length === 2)
      storage.partialAnswers.put(run.record.id, partialAnswer(text))
      end()
      await reached(() => run.isOver)
      expect([status(run.record.id), run.failure?.message]).to.deep.equal([
        'failed',
        emptyAnswer('Scripted'),
      ])
      expect(storage.partialAnswers.take(run.record.id)).to.equal(null)
      const [stored] = storage.messages.inContext(THREAD)
      expect(Object(stored?.body).text).to.equal(text === '' ? undefined : text)
    })
  }

  it('renews the heartbeat of its runs every ten seconds', async () => {
    model.play({ text: 'Slow.', hang: true })
    const { record } = await runs.start(request())
    await model.hanging()
    storage.runs.beat(record.id, '2020-01-01T00:00:00.000Z')
    mock.timers.tick(10_000)
    expect(storage.runs.get(record.id)?.heartbeatAt).to.match(/^20[2-9][1-9]-/)
  })

  it('cancels a run within 200 ms after another process has requested it', async () => {
    model.play({ text: 'Slow.', hang: true })
    const run = await runs.start(request())
    await model.hanging()
    storage.runs.requestCancel(run.record.id)
    mock.timers.tick(200)
    await reached(() => run.isOver)
    expect(status(run.record.id)).to.equal('cancelled')
  })

  it('does not fail when its timers cannot use the database', async () => {
    model.play({ text: 'Slow.', hang: true })
    const run = await runs.start(request())
    await model.hanging()
    storage.close()
    mock.timers.tick(10_000)
    run.abort()
    await reached(() => run.isOver)
    expect(run.failure?.stopReason).to.equal('error')
  })

  it('ends its runs and stores their end before it is closed', async () => {
    model.play({ text: 'Slow.', hang: true })
    const { record } = await runs.start(request())
    await model.hanging()
    await runs.close()
    expect(status(record.id)).to.equal('cancelled')
  })
})

async function reached(isReached: () => boolean): Promise<void> {
  while (!isReached()) await new Promise((resolve) => setImmediate(resolve))
}

const INPUT: RunInput = {
  replies: null,
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }], otid: null }],
  tokens: true,
  maxSteps: 1,
  model: null,
  compactionEvents: false,
  clientTools: [],
  clientSkills: [],
}

function request(): RunRequest {
  return { thread: THREAD, input: INPUT, background: false, type: 'send_message', otids: null }
}

const WAITING: NewMessage = {
  ...THREAD,
  id: newId('message'),
  runId: null,
  stepId: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  body: {
    role: 'assistant',
    reasoning: [],
    text: '',
    calls: [{ callId: 'call_1', name: 'Bash', args: '{}', runs: 'client' }],
    partial: false,
    model: 'scripted/model',
  },
}

function partialAnswer(text: string): PartialAnswer {
  const reasoning = [{ text: 'Hm.', signature: null }]
  const body = { role: 'assistant', reasoning, text, calls: [], partial: true, model: '' } as const
  return { messageId: newId('message'), stepId: newId('step'), body }
}

function storedRun(fields: Partial<RunRecord>): RunRecord {
  const now = new Date().toISOString()
  return {
    ...THREAD,
    id: newId('run'),
    type: 'send_message',
    status: 'running',
    stopReason: null,
    background: false,
    createdAt: now,
    completedAt: null,
    processId: process.pid,
    heartbeatAt: now,
    ...fields,
  }
}

const AGENT: AgentRecord = {
  id: AGENT_ID,
  name: 'Ada',
  description: null,
  system: 'You are Ada.',
  compiledSystem: null,
  model: 'scripted/model',
  contextWindow: 100_000,
  maxOutputTokens: null,
  reasoningEffort: null,
  temperature: null,
  parallelToolCalls: true,
  tags: [],
  blockIds: [],
  toolIds: [],
  toolRules: [],
  metadata: {},
  compaction: DEFAULT_COMPACTION,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
}

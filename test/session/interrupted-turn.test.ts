import path from 'node:path'
import { expect } from 'chai'
import Libsql from 'libsql'
import { newId } from '../../lib/server/ids.ts'
import type { RunRecord } from '../../lib/server/records.ts'
import { openStorage } from '../../lib/server/storage/storage.ts'
import { CANCELLED_BEFORE_SENDING, TURN_INTERRUPTED } from '../../lib/session/messages/turns.ts'
import { defaultThread } from '../../lib/util/thread.ts'
import { transcript } from '../support/session.ts'
import { withSession } from '../support/with-session.ts'

describe('A turn whose program was killed', () => {
  const desk = withSession()

  /** What a process leaves behind that is killed while the model answers. */
  const leave = (agentId: string): void => {
    const storage = openStorage(path.join(desk.home, '.letta', 'letta.db'))
    const at = new Date().toISOString()
    const run: RunRecord = {
      ...defaultThread(agentId),
      id: newId('run'),
      type: 'send_message_streaming',
      status: 'running',
      stopReason: null,
      background: true,
      createdAt: at,
      completedAt: null,
      processId: NO_PROCESS,
      heartbeatAt: at,
    }
    const header = { ...defaultThread(agentId), runId: run.id, stepId: null, createdAt: at }
    storage.runs.insert(run, null)
    storage.messages.append({
      ...header,
      id: newId('message'),
      body: { role: 'user', content: [{ type: 'text', text: 'Count' }], otid: null },
    })
    const body = { role: 'assistant', reasoning: [], text: 'one two', calls: [] } as const
    storage.partialAnswers.put(run.id, {
      messageId: newId('message'),
      stepId: newId('step'),
      body: { ...body, partial: true, model: 'openai/scripted' },
    })
    storage.close()
  }

  it('is reported at the next start with what was written, and its message can be sent again', async () => {
    await desk.start([{ text: 'Hello.' }, { text: 'one two three' }])
    const { agent } = await desk.says('Hello')
    leave(agent?.id ?? '')
    const next = desk.again()
    const { store, turns } = next.session
    const opened = await store.when((state) => (state.failedTurn === null ? undefined : state))
    expect(transcript(opened).slice(-3)).to.deep.equal([
      'user (failed): Count',
      'assistant: one two',
      `warning: ${TURN_INTERRUPTED}`,
    ])
    turns.retry()
    expect(transcript(await next.settled()).slice(-2)).to.deep.equal([
      'user: Count',
      'assistant: one two three',
    ])
    const again = desk.again()
    await again.session.opened
    expect(transcript(again.session.store.state)).to.not.include(`warning: ${TURN_INTERRUPTED}`)
  })
})

/** Above every limit of process ids. */
const NO_PROCESS = 2 ** 30

describe('A turn that waits for a locked database', () => {
  const desk = withSession()

  it('is cancelled at once, and the next message is answered', async () => {
    await desk.start([{ text: 'Hello.' }, { text: 'Again.' }])
    await desk.says('Hello')
    const other = new Libsql(path.join(desk.home, '.letta', 'letta.db'))
    other.exec('begin immediate')
    const { store, turns } = desk.session
    turns.send('Wait')
    await store.when(({ turn }) => (turn.type === 'running' ? turn : undefined))
    turns.cancel()
    expect(transcript(await desk.settled()).at(-1)).to.equal(`warning: ${CANCELLED_BEFORE_SENDING}`)
    other.exec('rollback')
    other.close()
    expect(transcript(await desk.says('Again')).at(-1)).to.equal('assistant: Again.')
    expect(desk.endpoint.requests).to.have.lengthOf(2)
  })
})

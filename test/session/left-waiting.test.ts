import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { denialMessage, reasons } from '../../lib/permissions/messages.ts'
import {
  CANCELLED_BEFORE_SENDING,
  LEFT_PENDING,
  runningElsewhere,
  TURN_TAKEN_OVER,
} from '../../lib/session/messages/turns.ts'
import type { ToolCall } from '../../lib/session/state/entry.ts'
import { phaseOf } from '../../lib/session/state/selectors.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import { callRepeated } from '../../lib/tools/messages/calls.ts'
import { questionsAnswered } from '../../lib/tools/messages/plans.ts'
import { NO_OUTPUT } from '../../lib/tools/messages/shell.ts'
import {
  conversation,
  type OpenedSession,
  type SessionDesk,
  transcript,
} from '../support/session.ts'
import { withSession } from '../support/with-session.ts'

/** A killed session leaves its calls pending on the server. Here a second session takes over the turn of the first. */
describe('Pending calls of an earlier session', () => {
  const desk = withSession()

  const touch = (id: string) => ({ id, name: 'Bash', args: { command: 'touch made' } })
  const edit = {
    id: 'c1',
    name: 'Edit',
    args: { file_path: 'a.txt', old_string: 'one', new_string: 'two' },
  }
  const files = { 'a.txt': 'one\n' }
  const isMade = (): boolean => existsSync(path.join(desk.project, 'made'))
  const firstOf = async (opened: OpenedSession): Promise<ToolCall> => {
    const [call] = await opened.asks()
    if (call === undefined) throw new Error('nothing waits')
    return call
  }
  /** Another session in the same directories, once it has the turn of the first one. */
  const takesOver = async (
    options: Parameters<SessionDesk['again']>[0] = {},
  ): Promise<OpenedSession> => {
    const opened = desk.again(options)
    await waits(opened)
    opened.session.turns.takeOver()
    return opened
  }
  const tools = ({ settled, current }: SessionState): readonly string[] =>
    [...settled, ...current].flatMap((entry) =>
      entry.type === 'tool' ? [`${entry.call.callId} ${entry.call.phase.type}`] : [],
    )

  it('change files in the name of the message that they answer', async () => {
    await desk.start([{ calls: [edit] }, { text: 'Done.' }], { files })
    desk.session.turns.send('Change it')
    await desk.asks()
    const next = await takesOver()
    await firstOf(next)
    next.session.approvals.allow('c1')
    await next.settled()
    const { summary } = await next.session.store.when(({ changes }) =>
      changes.listed.summary.turns.length > 0 ? changes.listed : undefined,
    )
    const { settled } = next.session.store.state
    const message = settled.find(({ type }) => type === 'user')
    expect(summary.turns.map(({ text, messageId }) => [text, messageId])).to.deep.equal([
      ['Change it', message?.id],
    ])
  })

  it('that have run are shown with what they did, and the others still wait', async () => {
    const bash = { id: 'c2', name: 'Bash', args: { command: 'touch made' } }
    await desk.start([{ calls: [edit, bash] }, { text: 'Done.' }], { files })
    desk.session.turns.send('Change it')
    await desk.asks(2)
    desk.session.approvals.allow('c1')
    await desk.session.store.when((state) => tools(state).includes('c1 finished') || undefined)
    const next = await takesOver()
    expect((await firstOf(next)).callId).to.equal('c2')
    const ran = next.session.store.state.current.flatMap((entry) =>
      entry.type === 'tool' && entry.call.phase.type === 'finished'
        ? [entry.call.phase.preview]
        : [],
    )
    expect(ran).to.have.lengthOf(1)
    expect(ran[0]).to.include({ type: 'diff', added: 1, removed: 1 })
    // The session that has lost the turn neither answers nor denies its calls.
    await desk.settled()
    expect(desk.endpoint.requests).to.have.lengthOf(1)
    next.session.approvals.allow('c2')
    await next.settled()
    expect(isMade()).to.equal(true)
    const sent = conversation(desk.endpoint.requests.at(-1)).filter((line) => /^c\d /.test(line))
    expect(sent.join('\n')).to.not.include('denied')
  })

  it('that have run before the turn is cancelled are reported, and only the others denied', async () => {
    const bash = { id: 'c2', name: 'Bash', args: { command: 'touch made' } }
    await desk.start([{ calls: [edit, bash] }, { text: 'Ok.' }], {
      files,
    })
    desk.session.turns.send('Change it')
    await desk.asks(2)
    const next = await takesOver()
    await next.asks(2)
    next.session.approvals.allow('c1')
    await next.session.store.when((state) => tools(state).includes('c1 finished') || undefined)
    next.session.turns.cancel()
    await next.settled()
    await next.says('Go on')
    const sent = conversation(desk.endpoint.requests.at(-1)).filter((line) => /^c\d /.test(line))
    expect(sent[0]).to.include('Successfully replaced')
    expect(sent[1]).to.include('denied')
    expect(isMade()).to.equal(false)
  })

  it('are shown with their diff when the agent is opened again, and the conversation continues', async () => {
    await desk.start([{ calls: [edit] }, { text: 'Done.' }], { files })
    desk.session.turns.send('Change it')
    await desk.asks()
    const next = await takesOver()
    const call = await firstOf(next)
    expect(call.label).to.equal('a.txt')
    expect(
      call.phase.type === 'waiting' && [call.phase.preview.type, call.phase.verdict],
    ).to.deep.equal([
      'diff',
      {
        decision: 'ask',
        rule: null,
        source: null,
        because: LEFT_PENDING,
        part: null,
      },
    ])
    expect(desk.endpoint.requests).to.have.lengthOf(1)
    next.session.approvals.allow('c1')
    const state = await next.settled()
    expect(desk.read('a.txt')).to.equal('two\n')
    expect(transcript(state)).to.deep.equal([
      'user: Change it',
      `info: ${runningElsewhere('approval', process.pid)}`,
      `Edit a.txt: success: Successfully replaced 1 occurrence in ${desk.project}/a.txt`,
      'assistant: Done.',
    ])
    expect(conversation(desk.endpoint.requests[1]).slice(-1)).to.deep.equal([
      `c1 OK: Successfully replaced 1 occurrence in ${desk.project}/a.txt`,
    ])
  })

  it('are asked again when they are questions to the person, whose answers the agent then gets', async () => {
    const options = [{ label: 'A' }, { label: 'B' }]
    const question = { question: 'A or B?', options }
    const asking = { id: 'c1', name: 'AskUserQuestion', args: { questions: [question] } }
    await desk.start([{ calls: [asking] }, { text: 'Done.' }])
    desk.session.turns.send('Ask me')
    await desk.asks()
    const next = await takesOver()
    const { phase } = await firstOf(next)
    expect(phase.type === 'waiting' && [phase.preview.type, phase.verdict.because]).to.deep.equal([
      'questions',
      reasons.alwaysAsks,
    ])
    const answers = [{ chosen: [1], text: '' }]
    next.session.approvals.answer('c1', answers)
    await next.settled()
    expect(conversation(desk.endpoint.requests[1]).slice(-1)).to.deep.equal([
      `c1 OK: ${questionsAnswered([question], answers)}`,
    ])
  })

  it('are waited for while the session that asks its user exists, and run once', async () => {
    const sticky = { sticky: true, text: 'I see.' }
    await desk.start([{ calls: [touch('c1')] }, sticky])
    await desk.session.opened
    const second = desk.again()
    await second.session.opened
    desk.session.turns.send('Make it')
    await desk.asks()
    second.session.turns.send('And you?')
    await waits(second)
    await second.session.store.when((state) => phaseOf(state) === 'approvalElsewhere' || undefined)
    desk.session.approvals.allow('c1')
    await desk.settled()
    const lines = transcript(await second.settled()).filter((line) => !line.startsWith('info: '))
    expect(lines).to.deep.equal([
      'user: Make it',
      `Bash touch made: success: ${NO_OUTPUT}`,
      'assistant: I see.',
      'user: And you?',
      'assistant: I see.',
    ])
    expect(conversation(desk.endpoint.requests.at(-1)).slice(-3)).to.deep.equal([
      `c1 OK: ${NO_OUTPUT}`,
      'assistant: I see.',
      'user: And you?',
    ])
  })

  it('are not cancelled by a session that only waits', async () => {
    await desk.start([{ calls: [touch('c1')] }, { text: 'I see.' }])
    desk.session.turns.send('Make it')
    await desk.asks()
    const second = desk.again()
    await waits(second)
    second.session.turns.cancel()
    expect(transcript(await second.settled()).at(-1)).to.equal(
      `warning: ${CANCELLED_BEFORE_SENDING}`,
    )
    desk.session.approvals.allow('c1')
    await desk.settled()
    expect(isMade()).to.equal(true)
  })

  it('are no longer asked about in the session whose turn was taken over', async () => {
    await desk.start([{ calls: [touch('c1')] }, { text: 'I see.' }])
    desk.session.turns.send('Make it')
    await desk.asks()
    const next = await takesOver()
    expect(transcript(await desk.settled()).at(-1)).to.equal(`error: ${TURN_TAKEN_OVER.message}`)
    expect(desk.session.store.state.failedTurn, 'what /retry sends').to.equal(null)
    const call = await firstOf(next)
    next.session.approvals.deny(call.callId, 'no')
    expect(transcript(await next.settled()).at(-1)).to.equal('assistant: I see.')
    expect(isMade()).to.equal(false)
  })

  it('never run without approval, whatever the mode and the rules are', async () => {
    await desk.start([{ calls: [touch('c1')] }, { text: 'I see.' }])
    desk.session.turns.send('Make it')
    await desk.asks()
    const next = await takesOver({ mode: 'bypassPermissions', allowed: ['Bash'] })
    const call = await firstOf(next)
    expect(call.phase.type).to.equal('waiting')
    expect(isMade()).to.equal(false)
    next.session.approvals.deny('c1', 'not any more')
    const state = await next.settled()
    expect(transcript(state).slice(-2)).to.deep.equal([
      'Bash touch made: denied by person: not any more',
      'assistant: I see.',
    ])
    expect(isMade()).to.equal(false)
  })

  it('are denied by a rule without asking', async () => {
    await desk.start([{ calls: [touch('c1')] }, { text: 'I see.' }])
    desk.session.turns.send('Make it')
    await desk.asks()
    const next = await takesOver({ disallowed: ['Bash(touch:*)'] })
    const state = await next.settled()
    expect(transcript(state).slice(-2)).to.deep.equal([
      `Bash touch made: denied by rule: Permission denied: ${denied('Bash(touch:*)')}`,
      'assistant: I see.',
    ])
  })

  it('are all shown when they are several', async () => {
    await desk.start(
      [
        {
          calls: [touch('c1'), edit, touch('c3')].map((call, index) => ({
            ...call,
            id: `c${index + 1}`,
          })),
        },
        { text: 'Ok.' },
      ],
      { files },
    )
    desk.session.turns.send('Make them')
    await desk.asks(3)
    const next = await takesOver()
    const waiting = await next.asks(3)
    expect(waiting.map(({ callId }) => callId)).to.deep.equal(['c1', 'c2', 'c3'])
    for (const { callId } of waiting) next.session.approvals.deny(callId, 'no')
    const state = await next.settled()
    expect(tools(state)).to.deep.equal(['c1 denied', 'c2 denied', 'c3 denied'])
  })

  it('are approved one by one, also by a rule that covers all of them', async () => {
    await desk.start([{ calls: [touch('c1'), touch('c2')] }, { text: 'Ok.' }])
    desk.session.turns.send('Make them')
    await desk.asks(2)
    const next = await takesOver()
    await next.asks(2)
    await next.session.approvals.allowAlways('c1', 'Bash(touch:*)', 'session')
    const [left, ...others] = await next.asks(1)
    expect([left?.callId, others]).to.deep.equal(['c2', []])
    next.session.approvals.deny('c2', 'once is enough')
    expect(tools(await next.settled())).to.deep.equal(['c1 finished', 'c2 denied'])
  })

  it('are decided before the first message is sent', async () => {
    await desk.start([{ calls: [touch('c1')] }, { text: 'I see.' }, { text: 'Good day.' }])
    desk.session.turns.send('Make it')
    await desk.asks()
    const next = desk.again()
    next.session.turns.send('Hello')
    await waits(next)
    next.session.turns.takeOver()
    await next.asks()
    expect(next.session.store.state.queue.map(({ text }) => text)).to.deep.equal(['Hello'])
    next.session.approvals.deny('c1', 'no')
    const state = await next.settled(2)
    expect(transcript(state).slice(-4)).to.deep.equal([
      'Bash touch made: denied by person: no',
      'assistant: I see.',
      'user: Hello',
      'assistant: Good day.',
    ])
  })

  it('can be cancelled', async () => {
    await desk.start([{ calls: [touch('c1')] }, { text: 'Good day.' }])
    desk.session.turns.send('Make it')
    await desk.asks()
    const next = await takesOver()
    await next.asks()
    next.session.turns.cancel()
    await next.settled()
    const state = await next.says('Hello')
    expect(transcript(state).slice(-2)).to.deep.equal(['user: Hello', 'assistant: Good day.'])
    expect(isMade()).to.equal(false)
  })

  it('of a session whose turn was taken over are decided before the message is sent', async () => {
    await desk.start([{ calls: [touch('c1')] }, { text: 'I see; good day.' }])
    const other = desk.again()
    await Promise.all([desk.session.opened, other.session.opened])
    // Both may create an agent at once, so the second opens the agent of the first.
    const id = desk.session.store.state.agent?.id ?? ''
    await other.session.agents.open({ id })
    desk.session.turns.send('Make it')
    await desk.asks()
    other.session.turns.send('Hello')
    await waits(other)
    other.session.turns.takeOver()
    const call = await firstOf(other)
    expect(call.callId).to.equal('c1')
    other.session.approvals.deny('c1', 'no')
    await other.settled()
    expect(conversation(desk.endpoint.requests[1]).slice(-2)).to.deep.equal([
      'c1 Failed: Error: request to call tool denied. User reason: no',
      'user: Hello',
    ])
  })

  it('do not run twice when they have run before, and are not asked about', async () => {
    const slow = { id: 'c1', name: 'Bash', args: { command: 'echo begun; sleep 600' } }
    await desk.start([{ calls: [slow] }, { text: 'I see.' }], {
      options: { mode: 'bypassPermissions' },
    })
    desk.session.turns.send('Run it')
    await desk.session.store.when(({ current }) => {
      const last = current.at(-1)
      if (last?.type !== 'tool' || last.call.phase.type !== 'running') return undefined
      return last.call.phase.output.includes('begun') || undefined
    })
    const next = await takesOver()
    const lines = transcript(await next.settled())
    expect(lines).to.include('assistant: I see.')
    const answer = conversation(desk.endpoint.requests[1]).at(-1)
    expect(answer).to.equal(`c1 Failed: ${callRepeated('Bash', 'c1')}`)
  })
})

function denied(rule: string): string {
  const because = reasons.deniedByRule
  return denialMessage({ decision: 'deny', rule, source: 'flag', because, part: null })
}

/** Resolves when the session waits for another one. */
async function waits({ session }: OpenedSession): Promise<void> {
  await session.store.when(
    ({ turn }) => (turn.type === 'running' && turn.waitsFor !== null) || undefined,
  )
}

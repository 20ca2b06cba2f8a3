import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { NO_ANSWER } from '../../lib/server/messages/prompts.ts'
import { CANCELLED, CANCELLED_BEFORE_SENDING } from '../../lib/session/messages/turns.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import { COMMAND_INTERRUPTED } from '../../lib/tools/messages/shell.ts'
import { conversation, transcript } from '../support/session.ts'
import { withSession } from '../support/with-session.ts'

describe('Cancelling a turn', () => {
  const desk = withSession()

  const NOTICE = `warning: ${CANCELLED.embedded}`
  const bash = (id: string, command: string) => ({ id, name: 'Bash', args: { command } })
  const said = (state: SessionState): readonly string[] => transcript(state).slice(1)
  const until = (line: string): Promise<true> =>
    desk.session.store.when((state) => transcript(state).includes(line) || undefined)
  const asked = (): readonly (readonly string[])[] => desk.endpoint.requests.map(conversation)
  const yolo = { options: { mode: 'bypassPermissions' as const } }

  it('keeps the message and the streamed text, and stops the model', async () => {
    await desk.start([{ text: 'Once upon a time', hang: true }, { text: 'Here I am.' }])
    desk.session.turns.send('Tell me a story')
    await until('assistant: Once upon a time')
    desk.session.turns.cancel()
    expect(said(await desk.settled())).to.deep.equal([
      'user (cancelled): Tell me a story',
      'assistant: Once upon a time',
      NOTICE,
    ])
    expect(await desk.endpoint.requests[0]?.outcome).to.equal('aborted')
    const state = await desk.says('Are you there?')
    expect(said(state).slice(-2)).to.deep.equal(['user: Are you there?', 'assistant: Here I am.'])
    expect(asked()[1]).to.deep.equal([
      'user: Tell me a story',
      'assistant: Once upon a time',
      'user: Are you there?',
    ])
  })

  it('is shown from the moment of the request', async () => {
    await desk.start([{ text: 'Once', hang: true }])
    desk.session.turns.send('Tell me a story')
    await until('assistant: Once')
    desk.session.turns.cancel()
    const { turn } = desk.session.store.state
    expect(turn.type === 'running' && turn.cancelling).to.equal(true)
    await desk.settled()
  })

  it('works before the model has answered', async () => {
    await desk.start([{ hang: true }, { text: 'Here I am.' }])
    desk.session.turns.send('Hello')
    await turnOfLoopUntil(() => desk.endpoint.requests.length === 1)
    desk.session.turns.cancel()
    expect(said(await desk.settled())).to.deep.equal(['user (cancelled): Hello', NOTICE])
    expect(await desk.endpoint.requests[0]?.outcome).to.equal('aborted')
    const state = await desk.says('Again')
    expect(said(state).slice(-2)).to.deep.equal(['user: Again', 'assistant: Here I am.'])
  })

  it('works before the message has been sent', async () => {
    await desk.start([{ text: 'Here I am.' }])
    desk.session.turns.send('Hello')
    await desk.session.store.when(({ turn }) => turn.type === 'running' || undefined)
    desk.session.turns.cancel()
    expect(said(await desk.settled())).to.deep.equal([
      'user (cancelled): Hello',
      `warning: ${CANCELLED_BEFORE_SENDING}`,
    ])
    const state = await desk.says('Again')
    expect(said(state).slice(-2)).to.deep.equal(['user: Again', 'assistant: Here I am.'])
    expect(asked()).to.have.lengthOf(1)
  })

  it('ends the process of a running tool, and the agent reads what it printed until then', async () => {
    await desk.start(
      [{ calls: [bash('c1', 'echo $$ > pid; echo begun; sleep 600')] }, { text: 'Here I am.' }],
      yolo,
    )
    desk.session.turns.send('Run it')
    await desk.session.store.when(({ current }) => {
      const last = current.at(-1)
      if (last?.type !== 'tool' || last.call.phase.type !== 'running') return undefined
      return last.call.phase.output.includes('begun') || undefined
    })
    const pid = Number(readFileSync(path.join(desk.project, 'pid'), 'utf8'))
    expect(isAlive(pid)).to.equal(true)
    desk.session.turns.cancel()
    expect(said(await desk.settled())).to.deep.equal([
      'user (cancelled): Run it',
      `Bash echo $$ > pid; echo begun; sleep 600: error: begun\n\n${COMMAND_INTERRUPTED}`,
      NOTICE,
    ])
    await turnOfLoopUntil(() => !isAlive(pid))
    await desk.says('Are you there?')
    const result = asked()
      .at(-1)
      ?.find((line) => line.startsWith('c1 '))
    expect(result).to.include('begun').and.include(COMMAND_INTERRUPTED)
  })

  it('removes a pending approval, and the call never runs', async () => {
    await desk.start([{ calls: [bash('c1', 'touch made')] }, { text: 'Here I am.' }])
    desk.session.turns.send('Make it')
    await desk.asks()
    desk.session.turns.cancel()
    expect(said(await desk.settled())).to.deep.equal([
      'user (cancelled): Make it',
      'Bash touch made: dropped',
      NOTICE,
    ])
    desk.session.approvals.allow('c1')
    const state = await desk.says('Are you there?')
    expect(said(state).slice(-2)).to.deep.equal(['user: Are you there?', 'assistant: Here I am.'])
    expect(existsSync(path.join(desk.project, 'made'))).to.equal(false)
    expect(asked()[1]?.slice(-3)).to.deep.equal([
      'c1 Failed: Error: request to call tool denied. User reason: The user cancelled the request, so the tool call was denied.',
      `assistant: ${NO_ANSWER}`,
      'user: Are you there?',
    ])
  })

  it('runs none of the calls after the cancelled one', async () => {
    await desk.start(
      [{ calls: [bash('c1', 'echo begun; sleep 600'), bash('c2', 'touch made')] }, { text: 'Ok.' }],
      yolo,
    )
    desk.session.turns.send('Run both')
    await desk.session.store.when(({ current }) => {
      const running = current.some(
        (entry) =>
          entry.type === 'tool' &&
          entry.call.phase.type === 'running' &&
          entry.call.phase.output.includes('begun'),
      )
      return running || undefined
    })
    desk.session.turns.cancel()
    await desk.settled()
    await desk.says('Go on')
    expect(existsSync(path.join(desk.project, 'made'))).to.equal(false)
    expect(asked()[1]?.filter((line) => /^c\d /.test(line))).to.have.lengthOf(2)
  })

  it('reports the calls that have run without a further request to the model, also after a restart', async () => {
    await desk.start([
      { calls: [bash('c1', 'echo ran > made'), bash('c2', 'touch other')] },
      { text: 'Ok.' },
    ])
    desk.session.turns.send('Run both')
    await desk.asks(2)
    desk.session.approvals.allow('c1')
    await desk.session.store.when(
      ({ current }) =>
        current.some((entry) => entry.type === 'tool' && entry.call.phase.type === 'finished') ||
        undefined,
    )
    desk.session.approvals.deny('c2', 'No.')
    desk.session.turns.cancel()
    await desk.settled()
    const { session } = desk.again()
    const settled = await session.store.when(({ settled }) =>
      settled.length > 0 ? settled : undefined,
    )
    const phases = settled.flatMap((entry) => (entry.type === 'tool' ? [entry.call.phase] : []))
    expect(phases.map(({ type }) => type)).to.deep.equal(['finished', 'denied'])
    await desk.says('Go on')
    const answers =
      asked()
        .at(-1)
        ?.filter((line) => /^c\d /.test(line)) ?? []
    expect(asked()).to.have.lengthOf(2)
    expect(answers[0]).to.not.include('denied')
    expect(answers[1]).to.include('User reason: No.')
    expect(existsSync(path.join(desk.project, 'other'))).to.equal(false)
  })

  it('reports what was denied before it, with the reason, although nothing has run', async () => {
    await desk.start([
      { calls: [bash('c1', 'touch made'), bash('c2', 'touch other')] },
      { text: 'Ok.' },
    ])
    desk.session.turns.send('Run both')
    await desk.asks(2)
    // It comes after a call that is not decided.
    desk.session.approvals.deny('c2', 'Not there.')
    desk.session.turns.cancel()
    await desk.settled()
    await desk.says('Go on')
    const answers = asked()[1]?.filter((line) => /^c\d /.test(line)) ?? []
    expect(answers[0]).to.include('denied')
    expect(answers[1]).to.include('User reason: Not there.')
    expect(asked()).to.have.lengthOf(2)
  })

  it('drops a call whose arguments were still arriving', async () => {
    await desk.start(
      [
        { calls: [{ id: 'c1', name: 'Bash', deltas: ['{"comm', 'and": "touch'] }], hang: true },
        { text: 'Here I am.' },
      ],
      yolo,
    )
    desk.session.turns.send('Make it')
    await desk.session.store.when(
      ({ current }) =>
        current.some((entry) => entry.type === 'tool' && entry.call.args.includes('touch')) ||
        undefined,
    )
    desk.session.turns.cancel()
    const cancelled = await desk.settled()
    expect(said(cancelled).slice(1, 2)).to.deep.equal(['Bash : dropped'])
    const state = await desk.says('Are you there?')
    expect(said(state).at(-1)).to.equal('assistant: Here I am.')
    for (const line of asked()[1] ?? []) expect(line).to.not.match(/touch(?!")/)
  })

  it('sends nothing that was queued, and sends it when it is sent again', async () => {
    await desk.start([{ text: 'Once', hang: true }, { text: 'Of course.' }])
    desk.session.turns.send('Tell me a story')
    await until('assistant: Once')
    desk.session.turns.send('A short one')
    desk.session.turns.cancel()
    expect(desk.session.store.state.queue).to.deep.equal([])
    desk.session.turns.send('A short one')
    expect(said(await desk.settled(2))).to.deep.equal([
      'user (cancelled): Tell me a story',
      'assistant: Once',
      NOTICE,
      'user: A short one',
      'assistant: Of course.',
    ])
  })

  it('does nothing while the agent is idle', async () => {
    await desk.start([{ text: 'Good day.' }])
    await desk.says('Hello')
    const before = desk.session.store.state
    desk.session.turns.cancel()
    expect(desk.session.store.state).to.equal(before)
  })

  it('ends running work and closes the database when the session is closed', async () => {
    await desk.start([{ text: 'Once', hang: true }, { text: 'Here I am.' }])
    desk.session.turns.send('Tell me a story')
    await until('assistant: Once')
    await desk.session.close()
    expect(await desk.endpoint.requests[0]?.outcome).to.equal('aborted')
    const state = await desk.again().says('Are you there?')
    expect(transcript(state)).to.deep.equal([
      'user (cancelled): Tell me a story',
      'assistant: Once',
      'warning: Cancelled. The partial turn is saved in history.',
      'user: Are you there?',
      'assistant: Here I am.',
    ])
  })
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH') return false
    throw thrown
  }
}

/** Waits for the effect of another process, which no event of the session reports. */
async function turnOfLoopUntil(isDone: () => boolean): Promise<void> {
  while (!isDone()) await new Promise((resolve) => setImmediate(resolve))
}

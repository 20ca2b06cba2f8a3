import { cpSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { HISTORY_SUMMARIZED } from '../../lib/client/messages.ts'
import { modelChanged } from '../../lib/session/messages/agents.ts'
import { CONVERSATION_GONE } from '../../lib/session/messages/conversations.ts'
import type { Entry } from '../../lib/session/state/entry.ts'
import { phaseOf } from '../../lib/session/state/selectors.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import { VIEW_LOG_DIRECTORY } from '../../lib/session/view-log.ts'
import { withSession } from '../support/with-session.ts'

const texts = ({ settled }: SessionState): readonly string[] =>
  settled.flatMap((entry: Entry) =>
    entry.type === 'user' || entry.type === 'assistant' ? [entry.text] : [],
  )

describe('An idle session that watches', () => {
  const desk = withSession()

  it('shows what another session says in the same conversation, once', async () => {
    await desk.start(
      [
        { text: 'Mine.' },
        { calls: [{ name: 'Read', args: { file_path: 'a.txt' } }] },
        { text: 'Theirs.' },
      ],
      { options: { watch: true } },
    )
    await desk.session.opened
    await desk.says('one')
    const other = desk.again()
    await other.session.opened
    expect(texts(other.session.store.state)).to.deep.equal(['one', 'Mine.'])
    other.session.turns.send('two')
    const shown = await desk.session.store.when((state) =>
      texts(state).includes('Theirs.') ? state : undefined,
    )
    expect(texts(shown)).to.deep.equal(['one', 'Mine.', 'two', 'Theirs.'])
    const calls = shown.settled.flatMap((entry) => (entry.type === 'tool' ? [entry.call] : []))
    expect(calls.map(({ label, phase }) => [label, phase.type])).to.deep.equal([
      ['a.txt', 'finished'],
    ])
  })

  const UNFINISHED = { text: 'The first words', hang: true }

  it('shows what the model of another session is writing, before its answer is complete', async () => {
    await desk.start([{ text: 'Mine.' }, UNFINISHED], { options: { watch: true } })
    await desk.session.opened
    await desk.says('one')
    const other = desk.again()
    await other.session.opened
    other.session.turns.send('two')
    const shown = await desk.session.store.when((state) =>
      texts(state).at(-1) === UNFINISHED.text ? state : undefined,
    )
    expect(texts(shown)).to.deep.equal(['one', 'Mine.', 'two', 'The first words'])
    expect([shown.turn.type, other.session.store.state.turn.type]).to.deep.equal([
      'idle',
      'running',
    ])
  })

  it('shows that also when it was opened meanwhile, and waits for the end', async () => {
    await desk.start([UNFINISHED])
    await desk.session.opened
    desk.session.turns.send('one')
    await desk.session.store.when(({ current }) =>
      current.some((entry) => entry.type === 'assistant') ? current : undefined,
    )
    const other = desk.again({ watch: true })
    await other.session.opened
    const shown = await other.session.store.when((state) =>
      texts(state).length > 1 ? state : undefined,
    )
    expect(texts(shown)).to.deep.equal(['one', 'The first words'])
    expect(phaseOf(shown)).to.equal('runningElsewhere')
    desk.session.turns.cancel()
    const ended = await other.session.store.when((state) =>
      state.turn.type === 'idle' ? state : undefined,
    )
    expect(texts(ended)).to.deep.equal(['one', 'The first words'])
    expect(ended.totals.turns).to.equal(0)
  })

  it('shows that another session awaits approval in the same conversation, until that ends', async () => {
    await desk.start(
      [{ text: 'Mine.' }, { calls: [{ name: 'Bash', args: { command: 'touch a' } }] }],
      {
        options: { watch: true },
      },
    )
    await desk.session.opened
    await desk.says('one')
    const other = desk.again()
    await other.session.opened
    other.session.turns.send('two')
    const asked = await desk.session.store.when((state) =>
      phaseOf(state) === 'approvalElsewhere' ? state : undefined,
    )
    expect(asked.turn.type).to.equal('idle')
    other.session.turns.cancel()
    await desk.session.store.when((state) => (phaseOf(state) === 'idle' ? state : undefined))
  })

  it('names the model and the price of the model that another session has chosen', async () => {
    await desk.start([{ text: 'Mine.' }, { text: 'Theirs.' }], { options: { watch: true } })
    await desk.session.opened
    await desk.says('one')
    const other = desk.again()
    await other.session.opened
    const model = other.session.store.state.agent?.model ?? ''
    await other.session.models.set('openai/gpt-5.1')
    await desk.session.store.when(({ agent }) =>
      agent?.model === 'openai/gpt-5.1' ? agent : undefined,
    )
    await desk.says('two')
    expect(desk.session.store.state.turnLog.at(-1)?.model).to.equal('openai/gpt-5.1')
    const notices = desk.session.store.state.settled.filter(
      (entry) => entry.type === 'notice' && entry.text === modelChanged(model, 'openai/gpt-5.1'),
    )
    expect(notices).to.have.length(1)
  })

  it('shows the title that another session has given, and that it was deleted, once and when something is sent', async () => {
    await desk.start([{ sticky: true, text: 'Mine.' }], { options: { watch: true } })
    await desk.session.opened
    await desk.session.conversations.start()
    await desk.says('one')
    const { id } = desk.session.store.state.conversation
    const other = desk.again()
    await other.session.opened
    await other.session.conversations.setTitle('Bridges')
    await desk.session.store.when(
      ({ conversation }) => conversation.title === 'Bridges' || undefined,
    )
    await other.session.conversations.delete(id)
    const isReport = (entry: Entry): boolean =>
      entry.type === 'notice' && entry.text === CONVERSATION_GONE.message
    await desk.session.store.when(({ settled }) => settled.some(isReport) || undefined)
    await other.says('two')
    const { settled, current } = await desk.says('three')
    const reports = [...settled, ...current].filter(isReport)
    expect(reports.map((entry) => entry.type === 'notice' && entry.level)).to.deep.equal([
      'warning',
      'error',
    ])
  })

  it('does not report the summary that it has asked for a second time', async () => {
    const summary = { match: { system: 'summar' }, text: 'They built a bridge.' }
    await desk.start([summary, { sticky: true, text: 'word '.repeat(400) }], {
      options: { watch: true },
    })
    await desk.session.opened
    for (const text of ['one', 'two', 'three']) await desk.says(text)
    const { before, after } = await desk.session.conversations.compact()
    expect(after).to.be.below(before)
    const other = desk.again()
    await other.session.opened
    other.session.turns.send('four')
    const shown = await desk.session.store.when((state) =>
      texts(state).includes('four') ? state : undefined,
    )
    const notices = shown.settled.flatMap((one) => (one.type === 'notice' ? [one.text] : []))
    expect(notices).to.not.include(HISTORY_SUMMARIZED)
  })

  it('knows how many tokens a resumed conversation has, also after a turn that failed', async () => {
    await desk.start([{ text: 'One.' }, { error: { status: 400 } }], {
      options: { watch: true },
    })
    await desk.session.opened
    await desk.says('one')
    const again = desk.again({ watch: true })
    await again.session.opened
    const tokens = await again.session.store.when(({ usage }) => usage.contextTokens ?? undefined)
    expect(tokens).to.be.above(0)
    again.session.turns.send('two')
    const failed = await again.session.store.when((state) =>
      state.failedTurn === null ? undefined : state,
    )
    expect(failed.usage.contextTokens).to.equal(tokens)
  })

  it('counts the tokens of a conversation that another machine has continued', async () => {
    await desk.start([{ text: 'One.' }, { text: 'Two.' }], { options: { watch: true } })
    await desk.session.opened
    const first = await desk.says('one')
    await desk.session.close()
    const log = path.join(desk.home, '.letta', VIEW_LOG_DIRECTORY)
    cpSync(log, `${log}-of-this-machine`, { recursive: true })
    const other = desk.again()
    await other.session.opened
    await other.says('word '.repeat(4000))
    await other.session.close()
    rmSync(log, { recursive: true })
    renameSync(`${log}-of-this-machine`, log)
    const again = desk.again({ watch: true })
    await again.session.opened
    const tokens = await again.session.store.when(({ usage }) => usage.contextTokens ?? undefined)
    expect(tokens).to.be.above((first.usage.contextTokens ?? 0) + 2000)
    const shown = again.session.store.state.settled
    expect(shown.map((one) => one.type === 'assistant' && one.turn !== undefined)).to.include(true)
  })
})

import { expect } from 'chai'
import type { Entry } from '../../lib/session/state/entry.ts'
import { phaseOf } from '../../lib/session/state/selectors.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
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
})

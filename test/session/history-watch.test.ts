import { expect } from 'chai'
import type { Entry } from '../../lib/session/state/entry.ts'
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

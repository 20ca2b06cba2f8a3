import { expect } from 'chai'
import { openDesktop } from '../../support/desktop.ts'

describe('earlier messages', () => {
  it('come when the top is reached, and what was on top stays there', async () => {
    const turns = Array.from({ length: 35 }, (_, index) => ({ text: `Answer ${index + 1}.` }))
    const first = await openDesktop(turns)
    for (let turn = 1; turn <= 35; turn++) await first.says(`Question ${turn}`)
    first.root.dispatch({ type: 'history.cleared' })
    const { agent } = first.session.store.state
    await first.session.agents.open({ id: agent?.id ?? '' })
    const shown = (): string =>
      first
        .screen()
        .split('\n')
        .map((row) => row.slice(0, 60))
        .join('\n')
    expect(first.session.store.state.earlier).to.equal(true)
    expect(shown()).to.include('Answer 35.')
    first.presses('f5', 'home')
    await first.root.when(({ session }) => (session.earlier ? undefined : session))
    expect(shown()).to.include('Question 6').and.not.include('Question 5\n')
    first.presses('up', 'up')
    expect(shown()).to.match(/Answer 5\./)
    first.presses('home')
    expect(shown())
      .to.match(/Question 1\b/)
      .and.not.include('Older messages')
    const numbers = first.session.store.state.settled.flatMap((entry) =>
      entry.type === 'user' ? [Number(entry.text.split(' ')[1])] : [],
    )
    expect(numbers).to.deep.equal(Array.from({ length: 35 }, (_, index) => index + 1))
    await first.close()
  })
})

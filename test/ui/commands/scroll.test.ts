import { expect } from 'chai'
import { openDesktop } from '../../support/desktop.ts'

describe('Scrolling to the top of the conversation', () => {
  it('loads earlier messages, and keeps the message at the top where it is', async () => {
    const answers = Array.from({ length: 35 }, (_, index) => ({ text: `Answer ${index + 1}.` }))
    const desk = await openDesktop(answers)
    for (let turn = 1; turn <= 35; turn++) await desk.says(`Question ${turn}`)
    desk.root.dispatch({ type: 'history.cleared' })
    const { agent } = desk.session.store.state
    await desk.session.agents.open({ id: agent?.id ?? '' })
    const conversation = (): string =>
      desk
        .screen()
        .split('\n')
        .map((row) => row.slice(0, 60))
        .join('\n')
    expect(desk.session.store.state.earlier).to.equal(true)
    expect(conversation()).to.include('Answer 35.')
    desk.presses('f5', 'home')
    await desk.root.when(({ session }) => (session.earlier ? undefined : session))
    expect(conversation()).to.include('Question 6').and.not.include('Question 5\n')
    desk.presses('K', 'K')
    expect(conversation()).to.match(/Answer 5\./)
    desk.presses('home')
    expect(conversation()).to.match(/Question 1\b/)
    const numbers = desk.session.store.state.settled.flatMap((entry) =>
      entry.type === 'user' ? [Number(entry.text.split(' ')[1])] : [],
    )
    expect(numbers).to.deep.equal(Array.from({ length: 35 }, (_, index) => index + 1))
    await desk.close()
  })
})

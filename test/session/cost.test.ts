import { expect } from 'chai'
import { costLimitReached, priceUnknown } from '../../lib/session/messages/agents.ts'
import { messageOf } from '../../lib/util/user-error.ts'
import { rejection } from '../support/rejection.ts'
import { openDesk, transcript } from '../support/session.ts'

const USAGE = { prompt: 100_000, completion: 10_000, cached: 50_000 }
/** A million tokens cost $2, cached ones $0.50, and $8 when the model writes them. */
const DOLLARS = 0.1 + 0.025 + 0.08
const BASH = { id: 'c1', name: 'Bash', args: { command: 'touch made.txt' } }

describe('What a session costs', () => {
  it('is counted by the list prices, for a turn and in all sessions', async () => {
    const desk = await openDesk([{ sticky: true, text: 'Hi.', usage: USAGE }], {
      options: { model: 'openai/gpt-4.1' },
    })
    await desk.session.opened
    const { turnLog, totals } = await desk.says('One')
    expect(turnLog[0]?.usage.dollars).to.be.closeTo(DOLLARS, 1e-9)
    await desk.says('Two')
    expect(totals.turns).to.equal(1)
    const sums = await desk.session.usage.totals()
    expect(sums.conversation.turns).to.equal(2)
    expect(sums.today.dollars).to.be.closeTo(2 * DOLLARS, 1e-9)
    expect(sums.days.map(({ turns }) => turns)).to.deep.equal([0, 0, 0, 0, 0, 0, 2])
    expect(sums.days.at(-1)?.at).to.equal(new Date().setHours(0, 0, 0, 0))
    await desk.session.conversations.start()
    await desk.says('Three')
    const next = desk.again()
    await next.session.opened
    const later = await next.session.usage.totals()
    expect([later.conversation.turns, later.week.turns]).to.deep.equal([1, 3])
    await desk.close()
  })

  it('is shown of the open conversation: of a new one nothing, of a resumed one with all its sessions', async () => {
    const desk = await openDesk([{ sticky: true, text: 'Hi.', usage: USAGE }], {
      options: { model: 'openai/gpt-4.1', watch: true },
    })
    const spent = () => desk.session.store.state.spent
    await desk.session.opened
    await desk.says('One')
    expect(spent()).to.be.closeTo(DOLLARS, 1e-9)
    const first = desk.session.store.state.conversation.id
    await desk.session.conversations.start()
    expect(spent()).to.equal(0)
    await desk.says('Two')
    await desk.says('Three')
    expect(spent()).to.be.closeTo(2 * DOLLARS, 1e-9)
    await desk.session.conversations.open(first)
    const before = await desk.session.store.when((state) => state.spent || undefined)
    expect(before).to.be.closeTo(DOLLARS, 1e-9)
    await desk.says('Four')
    const next = desk.again({ conversation: first, watch: true })
    await next.session.opened
    const resumed = await next.session.store.when((state) => state.spent || undefined)
    expect(resumed).to.be.closeTo(2 * DOLLARS, 1e-9)
    expect(next.session.store.state.totals.usage.dollars).to.equal(0)
    await next.says('Five')
    const followed = await desk.session.store.when(({ spent, settled }) => {
      const answer = settled.findLast(({ type }) => type === 'assistant')
      return spent !== null && spent > 2.5 * DOLLARS && answer?.type === 'assistant'
        ? answer.turn?.usage.dollars
        : undefined
    })
    expect(followed).to.be.closeTo(DOLLARS, 1e-9)
    await desk.close()
  })

  it('includes questions on the side, which are no turns', async () => {
    const desk = await openDesk([{ sticky: true, text: 'Hi.', usage: USAGE }], {
      options: { model: 'openai/gpt-4.1' },
    })
    await desk.session.opened
    await desk.says('One')
    const { signal } = new AbortController()
    await desk.session.conversations.askAside('And?', { signal, show: () => undefined })
    const { today } = await desk.session.usage.totals()
    expect([today.turns, today.promptTokens]).to.deep.equal([1, 2 * USAGE.prompt])
    expect(today.dollars).to.be.closeTo(2 * DOLLARS, 1e-9)
    await desk.close()
  })

  it('is unknown for a model without a list price', async () => {
    const desk = await openDesk([{ text: 'Hi.', usage: USAGE }])
    await desk.session.opened
    expect((await desk.says('One')).totals.usage.dollars).to.equal(null)
    expect((await desk.session.usage.totals()).today.dollars).to.equal(null)
    await desk.close()
  })

  it('ends the turn after the call with which it reaches the limit', async () => {
    const desk = await openDesk([{ calls: [BASH], usage: USAGE }, { text: 'Never asked.' }], {
      options: { model: 'openai/gpt-4.1', maxCost: 0.1, mode: 'bypassPermissions' },
    })
    await desk.session.opened
    const lines = transcript(await desk.says('One'))
    expect(lines.at(-1)).to.equal(`error: ${costLimitReached(0.1).message}`)
    expect(desk.endpoint.requests.length).to.equal(1)
    await desk.close()
  })

  it('counts what other sessions of the same workbench have cost', async () => {
    const desk = await openDesk([{ calls: [BASH], usage: { prompt: 1, completion: 1 } }], {
      options: {
        model: 'openai/gpt-4.1',
        maxCost: 0.1,
        mode: 'bypassPermissions',
        spentElsewhere: () => 0.2,
      },
    })
    await desk.session.opened
    const lines = transcript(await desk.says('One'))
    expect(lines.at(-1)).to.equal(`error: ${costLimitReached(0.1).message}`)
    await desk.close()
  })

  it('cannot be limited without a price, so nothing is sent', async () => {
    const desk = await openDesk([{ text: 'Hi.' }], { options: { maxCost: 1 } })
    await desk.session.opened
    const lines = transcript(await desk.says('One'))
    expect(lines.at(-1)).to.equal(`error: ${priceUnknown('openai/scripted').message}`)
    expect(desk.endpoint.requests.length).to.equal(0)
    await desk.close()
  })

  it('leaves the model of the agent as it is when the price of the chosen one is unknown', async () => {
    const desk = await openDesk([{ text: 'Hi.' }], { options: { model: 'openai/gpt-4.1' } })
    await desk.session.opened
    const next = desk.again({ model: 'openai/scripted', maxCost: 1 })
    const thrown = await rejection(next.session.opened)
    expect(messageOf(thrown)).to.equal(priceUnknown('openai/scripted').message)
    const later = desk.again({ model: null })
    await later.session.opened
    expect(later.session.store.state.agent?.model).to.equal('openai/gpt-4.1')
    await desk.close()
  })
})

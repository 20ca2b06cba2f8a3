import { expect } from 'chai'
import type { ThreadDetails } from '../../../lib/client/gateway/conversations.ts'
import type { HistoryPage } from '../../../lib/client/gateway/history-pagination.ts'
import { createConversations } from '../../../lib/session/ports/conversations.ts'
import { reduceSession } from '../../../lib/session/reduce/session.ts'
import type { Services } from '../../../lib/session/services.ts'
import type { SessionContext } from '../../../lib/session/session-context.ts'
import type { Agent } from '../../../lib/session/state/agent.ts'
import type { Entry } from '../../../lib/session/state/entry.ts'
import { emptySession } from '../../../lib/session/state/session-state.ts'
import { createStore } from '../../../lib/store.ts'
import { defaultThread } from '../../../lib/util/thread.ts'

const said = (text: string): Entry => ({ type: 'assistant', id: text, text })
const agentOf = (id: string): Agent => ({
  id,
  name: id,
  model: 'm',
  contextWindow: null,
  effort: null,
  tools: [],
})

/** A port whose earlier page arrives when `answer` is called. */
async function openConversations() {
  const store = createStore(emptySession('/p', 0), reduceSession)
  let asked = 0
  let answer: (page: HistoryPage) => void = () => undefined
  let fail: (thrown: unknown) => void = () => undefined
  const earlier = (): Promise<HistoryPage> => {
    asked++
    return new Promise((resolve, reject) => {
      answer = resolve
      fail = reject
    })
  }
  const gateway = {
    threads: {
      history: async (): Promise<HistoryPage> => ({ entries: [said('new')], earlier }),
      wasInterrupted: async () => false,
    },
  }
  const services = { gateway, runner: { labelOf: () => '' } } as unknown as Services
  const base = {
    options: { home: '/nowhere', lettaDirectory: '/nowhere/.letta', demo: true },
    newId: () => 'id',
  }
  const context = { store, services, base } as unknown as SessionContext
  const port = createConversations(context)
  store.dispatch({ type: 'agent.opened', agent: agentOf('a') })
  const show = await port.load(services, defaultThread('a') as ThreadDetails)
  show()
  return {
    port,
    store,
    texts: () => store.state.settled.map(({ id }) => id),
    asked: () => asked,
    answer: (page: HistoryPage) => answer(page),
    fail: (thrown: unknown) => fail(thrown),
  }
}

const OLD: HistoryPage = { entries: [said('old')], earlier: null }

describe('The conversations port, when older messages are loaded,', () => {
  it('shows them before the others, and knows that there are no more', async () => {
    const { port, store, texts, answer } = await openConversations()
    const loading = port.loadEarlier()
    answer(OLD)
    await loading
    expect(texts()).to.deep.equal(['old', 'new'])
    expect(store.state.earlier).to.equal(false)
  })

  it('asks for one page at a time', async () => {
    const { port, texts, asked, answer } = await openConversations()
    const loading = [port.loadEarlier(), port.loadEarlier()]
    answer(OLD)
    await Promise.all(loading)
    expect([asked(), texts()]).to.deep.equal([1, ['old', 'new']])
  })

  it('does not show the page of an agent that was left meanwhile', async () => {
    const { port, store, texts, answer } = await openConversations()
    const loading = port.loadEarlier()
    store.dispatch({ type: 'agent.opened', agent: agentOf('b') })
    answer(OLD)
    await loading
    expect(texts()).to.deep.equal(['new'])
  })

  it('can ask again after an error', async () => {
    const { port, texts, asked, answer, fail } = await openConversations()
    const loading = port.loadEarlier().catch((thrown: unknown) => thrown)
    fail(new Error('away'))
    expect(await loading).to.be.instanceOf(Error)
    const again = port.loadEarlier()
    answer(OLD)
    await again
    expect([asked(), texts()]).to.deep.equal([2, ['old', 'new']])
  })
})

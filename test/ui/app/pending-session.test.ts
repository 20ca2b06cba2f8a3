import { expect } from 'chai'
import { reduceSession } from '../../../lib/session/reduce/session.ts'
import type { Session } from '../../../lib/session/session.ts'
import { emptySession } from '../../../lib/session/state/session-state.ts'
import { createStore } from '../../../lib/store.ts'
import { createPendingSession } from '../../../ui/app/pending-session.ts'
import { STILL_OPENING } from '../../../ui/messages/program.ts'

describe('The session before its modules are loaded', () => {
  const open = (opened?: Promise<Session>) =>
    createPendingSession(createStore(emptySession('/project', 0), reduceSession), opened)

  it('queues messages, and removes them from the queue', () => {
    const session = open()
    session.turns.send('Hello')
    session.turns.send('Again')
    const [first] = session.store.state.queue
    session.turns.unqueue(first?.id ?? '')
    expect(session.store.state.queue.map(({ text }) => text)).to.deep.equal(['Again'])
  })

  it('sets the permission mode', () => {
    const session = open()
    session.rules.setMode('plan')
    expect(session.store.state.mode).to.equal('plan')
  })

  it('refuses everything else with a message for the user', () => {
    const session = open()
    expect(() => session.agents.list()).to.throw(STILL_OPENING)
    expect(() => session.approvals.allow('c1')).to.throw(STILL_OPENING)
    expect(() => session.rules.trust([])).to.throw(STILL_OPENING)
  })

  it('continues a sign-in once they are', async () => {
    let resolve = (_: Session): void => undefined
    const opened = new Promise<Session>((done) => {
      resolve = done
    })
    const session = open(opened)
    const signedOut = session.accounts.signOut()
    const real = open()
    const accounts = { signOut: async () => ['Signed out.'], current: () => 'work' }
    const agents = { list: async () => [] }
    resolve({ ...real, ...Object({ accounts, agents }) })
    expect(await signedOut).to.deep.equal(['Signed out.'])
    expect(session.accounts.current()).to.equal('work')
    expect(await session.agents.list()).to.deep.equal([])
  })
})

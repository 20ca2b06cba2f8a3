import { expect } from 'chai'
import type { SessionEvent } from '../../../lib/session/events.ts'
import { reduceSession } from '../../../lib/session/reduce/session.ts'
import { emptySession, type SessionState } from '../../../lib/session/state/session-state.ts'

const given = (...events: readonly SessionEvent[]): SessionState =>
  events.reduce(reduceSession, emptySession('/project', 0))
const started: SessionEvent = { type: 'turn.started', turnId: 't', at: 10 }
const sent: SessionEvent = { type: 'message.sent', id: 'm', text: 'hello', at: 10 }
const failed = (message: string, hint: string | null = null): SessionEvent => ({
  type: 'turn.finished',
  outcome: { type: 'failed', message, hint, stop: 'error' },
  apiMs: 1,
  at: 1000,
  id: 'end',
})
const opened: SessionEvent = {
  type: 'agent.opened',
  agent: { id: 'a', name: 'Ada', model: 'm', contextWindow: null, effort: null, tools: [] },
}
const notice = (id: string, level: 'warning' | 'error'): SessionEvent => ({
  type: 'notice.posted',
  id,
  level,
  text: id,
  hint: null,
})

describe('A turn that fails', () => {
  it('leaves its message and the time of the next try, until another turn begins', () => {
    const state = given(opened, started, sent, failed('Please try again in 20s.'))
    expect(state.failedTurn).to.deep.equal({ message: 'hello', attaches: false, retryAt: 21_000 })
    expect(given(opened, started, sent, failed('No.', 'Retry after 5 seconds.')).failedTurn)
      .to.have.property('retryAt')
      .that.equals(6000)
    expect(reduceSession(state, started).failedTurn).to.equal(null)
    expect(reduceSession(state, { type: 'history.cleared' }).failedTurn).to.equal(null)
  })
})

describe('A conversation that is loaded', () => {
  const loaded = (outcome: 'kept' | 'failed'): SessionEvent => ({
    type: 'history.loaded',
    entries: [
      { type: 'user', id: 'u', text: 'look at @a.ts', at: 1, outcome },
      { type: 'notice', id: 'n', level: 'error', text: 'No.', hint: null },
    ],
    earlier: false,
  })

  it('lets its newest message be sent again when the turn had failed in an earlier session', () => {
    const { failedTurn } = given(opened, loaded('failed'))
    expect(failedTurn).to.deep.equal({ message: 'look at @a.ts', attaches: true, retryAt: null })
    expect(given(opened, loaded('kept')).failedTurn).to.equal(null)
  })
})

describe('An agent that is opened', () => {
  it('removes the errors that kept it from being opened, and leaves warnings', () => {
    const state = given(notice('no model', 'error'), notice('bad settings', 'warning'), opened)
    expect(state.settled.map(({ id }) => id)).to.deep.equal(['bad settings'])
  })

  it('keeps the errors of the conversation when it is opened again', () => {
    const state = given(opened, notice('cut off', 'error'), opened)
    expect(state.settled.map(({ id }) => id)).to.deep.equal(['cut off'])
  })
})

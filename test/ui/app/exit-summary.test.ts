import { expect } from 'chai'
import { emptySession, NO_USAGE } from '../../../lib/session/state.ts'
import { exitSummary } from '../../../ui/app/exit-summary.ts'

const agent = {
  id: 'agent-1',
  name: 'Ada\u001b[2J',
  model: 'openai/gpt-5',
  contextWindow: null,
  tools: [],
}

describe('farewell', () => {
  it('tells what was done and how to go on, with a clean name', () => {
    const usage = { ...NO_USAGE, promptTokens: 1500, completionTokens: 80 }
    const session = {
      ...emptySession('/project', 1000),
      agent,
      totals: { usage, turns: 1, apiMs: 2500 },
    }
    expect(exitSummary(session, 66_000)).to.equal(
      'Ada (agent-1)\n1 turn · 1.5k tokens in, 80 out · 1 min 5 s, of it 2.5 s waiting for answers\nGo on with: letta\n',
    )
  })

  it('says nothing when no agent was reached', () => {
    expect(exitSummary(emptySession('/project', 0), 5)).to.equal(null)
  })
})

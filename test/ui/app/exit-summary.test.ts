import { expect } from 'chai'
import { emptySession, NO_USAGE } from '../../../lib/session/state.ts'
import { exitSummary } from '../../../ui/app/exit-summary.ts'
import { RESUME_HINT, timeWithApi } from '../../../ui/messages/usage.ts'

const agent = {
  id: 'agent-1',
  name: 'Ada\u001b[2J',
  model: 'openai/gpt-5',
  contextWindow: null,
  tools: [],
}

describe('The summary that is printed at the end', () => {
  it('names the agent without control characters, counts what was done, and shows how to resume', () => {
    const usage = { ...NO_USAGE, promptTokens: 1500, completionTokens: 80 }
    const session = {
      ...emptySession('/project', 1000),
      agent,
      totals: { usage, turns: 1, apiMs: 2500 },
    }
    expect(exitSummary(session, 66_000)?.split('\n')).to.deep.equal([
      'Ada (agent-1)',
      `1 turn · 1.5k tokens in, 80 out · ${timeWithApi('1 min 5 s', '2.5 s')}`,
      RESUME_HINT,
      '',
    ])
  })

  it('is empty when no agent was open', () => {
    expect(exitSummary(emptySession('/project', 0), 5)).to.equal(null)
  })
})

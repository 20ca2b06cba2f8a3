import { expect } from 'chai'
import { emptySession } from '../../../lib/session/state/session-state.ts'
import { NO_USAGE } from '../../../lib/session/state/turn.ts'
import { exitSummary } from '../../../ui/app/exit-summary.ts'
import { memoryChanged, RESUME_HINT, timeWithApi } from '../../../ui/messages/usage.ts'

const agent = {
  id: 'agent-1',
  name: 'Ada\u001b[2J',
  model: 'openai/gpt-5',
  contextWindow: null,
  effort: null,
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

  it('names the cost of all conversations where the prices are known', () => {
    const costing = (dollars: number | null) => ({
      ...emptySession('/project', 1000),
      agent,
      totals: { usage: { ...NO_USAGE, dollars }, turns: 1, apiMs: 0 },
    })
    const [one, other, unknown] = [costing(0.4), costing(0.2), costing(null)]
    expect(exitSummary(one, 1000, [one, other])).to.include(' · $0.60\n')
    expect(exitSummary(one, 1000, [one, unknown])).to.not.include('$')
  })

  it('counts what changed in memory, without the list of skills', () => {
    const item = (id: string, value: string, by: 'agent' | 'skills') => ({
      block: { id, label: id, value, limit: 100, description: null, readOnly: false },
      change: { before: '', by, at: 0 },
    })
    const session = {
      ...emptySession('/project', 1000),
      agent,
      memoryAtStart: { human: 'a\nb', project: 'p', skills: '', persona: 'same' },
      memory: [
        item('human', 'a\nc\nd', 'agent'),
        item('project', 'p\nq', 'agent'),
        item('skills', 'new', 'skills'),
        item('persona', 'same', 'agent'),
      ],
    }
    expect(exitSummary(session, 66_000)?.split('\n')).to.include(memoryChanged(2, 3, 1))
  })

  it('is empty when no agent was open', () => {
    expect(exitSummary(emptySession('/project', 0), 5)).to.equal(null)
  })
})

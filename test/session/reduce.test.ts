import { expect } from 'chai'
import type { PermissionRule, Verdict } from '../../lib/permissions/types.ts'
import type { ApprovalRequest, SessionEvent } from '../../lib/session/events.ts'
import { reduceSession } from '../../lib/session/reduce/session.ts'
import type { MemoryBlock } from '../../lib/session/state/memory.ts'
import { decisionOn, pendingApprovals, phaseOf } from '../../lib/session/state/selectors.ts'
import { emptySession, type SessionState } from '../../lib/session/state/session-state.ts'
import { NO_USAGE } from '../../lib/session/state/turn.ts'

const given = (...events: readonly SessionEvent[]): SessionState =>
  events.reduce(reduceSession, emptySession('/project', 0))

const ruleOf = (text: string): PermissionRule => ({ text, source: 'session' })
const started: SessionEvent = { type: 'turn.started', turnId: 't1', at: 10 }
const sent: SessionEvent = { type: 'message.sent', id: 'm1', text: 'hello', at: 10 }
const delta = (id: string, text: string): SessionEvent => ({
  type: 'message.delta',
  role: 'assistant',
  id,
  text,
  at: 11,
})
const call = (callId: string, args: string, tool = ''): SessionEvent => ({
  type: 'tool.delta',
  callId,
  host: 'local',
  tool,
  args,
  at: 12,
})
const verdict = (decision: Verdict['decision']): Verdict => ({
  decision,
  rule: null,
  source: null,
  because: 'it writes a file',
  part: null,
})
const request = (callId: string, decision: Verdict['decision']): ApprovalRequest => ({
  callId,
  label: 'a.ts',
  preview: { type: 'arguments', text: '{}' },
  verdict: verdict(decision),
  suggestion: null,
})
const requested = (...requests: readonly ApprovalRequest[]): SessionEvent => ({
  type: 'approval.requested',
  requests,
  at: 13,
})
const done: SessionEvent = {
  type: 'turn.finished',
  outcome: { type: 'done' },
  apiMs: 5,
  at: 20,
  id: 'end',
}
const block = (value: string): MemoryBlock => ({
  id: 'block-1',
  label: 'human',
  value,
  limit: 100,
  description: null,
  readOnly: false,
})

describe('The rules of a session', () => {
  it('lose a removed rule also when the event comes from a recording', () => {
    const added = ['Bash(a)', 'Bash(b)'].map(
      (text): SessionEvent => ({ type: 'rule.added', list: 'allow', rule: ruleOf(text) }),
    )
    const removed: SessionEvent = { type: 'rule.removed', list: 'allow', rule: ruleOf('Bash(a)') }
    expect(given(...added, removed).rules.allow).to.deep.equal([ruleOf('Bash(b)')])
  })
})

describe('The session reducer', () => {
  it('joins the deltas of one message, and starts another for a new id', () => {
    const { current } = given(started, sent, delta('a', 'Hel'), delta('a', 'lo'), delta('b', 'Bye'))
    expect(current).to.deep.equal([
      { type: 'user', id: 'm1', text: 'hello', at: 10, outcome: 'kept' },
      { type: 'assistant', id: 'a', text: 'Hello' },
      { type: 'assistant', id: 'b', text: 'Bye' },
    ])
  })

  it('starts a new call when the one with its id has ended, in this turn or an earlier one', () => {
    const finished: SessionEvent = {
      type: 'tool.finished',
      callId: 'call_0',
      status: 'success',
      text: 'ok',
      at: 14,
    }
    const first = [call('call_0', '{"n":1}', 'Read'), finished] as const
    const { settled, current } = given(
      ...[started, sent, ...first, done],
      ...[started, call('call_0', '{"n":2}', 'Read'), finished, call('call_0', '{"n":3}', 'Read')],
    )
    const calls = [...settled, ...current].flatMap((entry) =>
      entry.type === 'tool' ? [[entry.id, entry.call.args, entry.call.phase.type]] : [],
    )
    expect(calls).to.deep.equal([
      ['call_0', '{"n":1}', 'finished'],
      ['call_0~2', '{"n":2}', 'finished'],
      ['call_0~3', '{"n":3}', 'arriving'],
    ])
  })

  it('leaves settled entries identical for a token, however many exist', () => {
    const before = given(started, sent, delta('a', 'One'), done, started)
    const later = reduceSession(before, delta('b', 'Two'))
    expect(later.settled).to.equal(before.settled)
  })

  it('joins argument deltas of parallel calls by their id', () => {
    const { current } = given(
      started,
      call('c1', '', 'Read'),
      call('c2', '', 'Grep'),
      call('c1', '{"a"'),
      call('c2', '{}'),
      call('c1', ':1}'),
    )
    expect(
      current.map((entry) => entry.type === 'tool' && [entry.call.tool, entry.call.args]),
    ).to.deep.equal([
      ['Read', '{"a":1}'],
      ['Grep', '{}'],
    ])
  })

  it('asks the user only about calls that no rule decided', () => {
    const state = given(
      started,
      call('c1', '{}', 'Read'),
      call('c2', '{}', 'Write'),
      call('c3', '{}', 'Bash'),
      requested(request('c1', 'allow'), request('c2', 'ask'), request('c3', 'deny')),
    )
    expect(pendingApprovals(state).map((waiting) => waiting.callId)).to.deep.equal(['c2'])
    expect(decisionOn('c1')(state)).to.deep.equal({
      allow: true,
      by: 'rule',
      reason: 'it writes a file',
    })
    expect(decisionOn('c2')(state)).to.equal(undefined)
    expect(decisionOn('c3')(state)).to.deep.equal({
      allow: false,
      by: 'rule',
      reason: 'Permission denied: it writes a file',
    })
  })

  it('keeps the first of two decisions', () => {
    const state = given(
      started,
      call('c1', '{}', 'Write'),
      requested(request('c1', 'ask')),
      { type: 'approval.decided', callId: 'c1', allow: false, by: 'person', reason: 'no' },
      { type: 'approval.decided', callId: 'c1', allow: true, by: 'person', reason: 'yes' },
    )
    expect(decisionOn('c1')(state)).to.deep.equal({ allow: false, by: 'person', reason: 'no' })
  })

  it('marks a cancelled turn: keeps the message, drops what never ran, shows the reason below', () => {
    const { settled, current, turn } = given(
      started,
      sent,
      delta('a', 'I beg'),
      call('c1', '{', 'Bash'),
      {
        type: 'turn.finished',
        outcome: { type: 'cancelled', text: 'Cancelled.' },
        apiMs: 0,
        at: 20,
        id: 'end',
      },
    )
    expect({ current, turn }).to.deep.equal({ current: [], turn: { type: 'idle' } })
    expect(
      settled.map((entry) => {
        if (entry.type === 'tool') return entry.call.phase.type
        return entry.type === 'user' ? entry.outcome : entry.text
      }),
    ).to.deep.equal(['cancelled', 'I beg', 'dropped', 'Cancelled.'])
  })

  it('keeps entries from before the history was loaded, and none of another conversation', () => {
    const notice: SessionEvent = {
      type: 'notice.posted',
      id: 'n1',
      level: 'warning',
      text: 'A setting is wrong.',
      hint: null,
    }
    const loaded: SessionEvent = {
      type: 'history.loaded',
      entries: [{ type: 'assistant', id: 'old', text: 'Before.' }],
      earlier: false,
    }
    expect(given(notice, loaded).settled.map((entry) => entry.id)).to.deep.equal(['old', 'n1'])
    expect(
      given(started, sent, notice, done, loaded).settled.map((entry) => entry.id),
    ).to.deep.equal(['old'])
  })

  it('derives the phase from the pending work', () => {
    expect(phaseOf(given())).to.equal('opening')
    expect(phaseOf(given(started, sent))).to.equal('thinking')
    expect(phaseOf(given(started, delta('a', 'x')))).to.equal('answering')
    expect(phaseOf(given(started, call('c1', '{}', 'Bash')))).to.equal('tool')
    expect(
      phaseOf(given(started, call('c1', '{}', 'Bash'), requested(request('c1', 'ask')))),
    ).to.equal('approval')
    expect(phaseOf(given(started, { type: 'turn.cancelling' }))).to.equal('cancelling')
  })

  it('remembers the previous value of a memory block and the author of its change', () => {
    const state = given(
      { type: 'memory.loaded', blocks: [block('likes tea')] },
      { type: 'memory.changed', block: block('likes coffee'), by: 'agent', at: 9 },
    )
    expect(state.memory).to.deep.equal([
      { block: block('likes coffee'), change: { before: 'likes tea', by: 'agent', at: 9 } },
    ])
  })

  it('clears the use of the context with the conversation or the agent', () => {
    const usage = { ...NO_USAGE, promptTokens: 10, totalTokens: 10, steps: 1, contextTokens: 10 }
    const facts = { name: 'Ada', model: 'm', contextWindow: null, effort: null, tools: [] }
    const opened = (id: string): SessionEvent => ({
      type: 'agent.opened',
      agent: { id, ...facts },
    })
    const turn: readonly SessionEvent[] = [started, { type: 'usage.reported', usage }, done]
    const filled = (...more: readonly SessionEvent[]): unknown =>
      given(opened('a'), ...turn, ...more).usage.contextTokens
    expect([filled(), filled(opened('a')), filled(opened('b'))]).to.deep.equal([10, 10, null])
    expect(filled({ type: 'history.cleared' })).to.equal(null)
  })

  it('sums the usage by turn and in total', () => {
    const usage = { ...NO_USAGE, promptTokens: 10, totalTokens: 10, steps: 1, contextTokens: 10 }
    const report: SessionEvent = { type: 'usage.reported', usage }
    const state = given(started, report, report, done, started, report)
    expect([
      state.usage.promptTokens,
      state.totals.usage.promptTokens,
      state.totals.turns,
    ]).to.deep.equal([10, 30, 1])
  })
})

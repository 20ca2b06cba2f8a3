import { expect } from 'chai'
import { learnedBy, traceLines } from '../../../lib/session/reduce/learned-lines.ts'
import type { Entry } from '../../../lib/session/state/entry.ts'
import type { LearnedLines } from '../../../lib/session/state/memory.ts'

/** The lines after changes of `start`, each a new value with its author. */
function trace(start: string, ...changes: readonly (readonly [by: string, value: string])[]) {
  let known: LearnedLines | null = null
  let before = start
  for (const [by, after] of changes) {
    known = traceLines(known, { start, before, after, by })
    before = after
  }
  return known
}

describe('The lines that a block has learned', () => {
  it('have the author of the change that added them', () => {
    const traced = trace('a\nb', ['one', 'a\nx\nb'], ['two', 'a\nx\ny\nb\nz'])
    const added = (by: string) => ({ by, replaces: [] })
    expect(traced?.lines).to.deep.equal([0, added('one'), added('two'), 1, added('two')])
    expect(trace('', ['one', 'x'])?.lines).to.deep.equal([added('one')])
  })

  it('replace those of the beginning, also by way of another change', () => {
    const traced = trace('a\nb\nc', ['one', 'a\nx\nc'], ['two', 'a\ny\nc'])
    expect(traced?.lines).to.deep.equal([0, { by: 'two', replaces: [1] }, 2])
    expect(traced?.removed).to.deep.equal({})
  })

  it('are removed by the change that left nothing in their place', () => {
    const traced = trace('a\nb\nc', ['one', 'a\nx\nc'], ['two', 'a\nc'], ['three', 'a'])
    expect([traced?.lines, traced?.removed]).to.deep.equal([[0], { 1: 'two', 2: 'three' }])
  })

  it('include those of a change that was not reported', () => {
    const first = traceLines(null, { start: 'a', before: 'a', after: 'a\nx', by: 'one' })
    const values = { start: 'a', before: 'a\nx\ny', after: 'a\nx\ny\nz', by: 'two' }
    expect(traceLines(first, values).lines.map((line) => Object(line).by)).to.deep.equal([
      undefined,
      'one',
      'elsewhere',
      'two',
    ])
  })

  it('are by the turn of the call, and by other authors', () => {
    const user = (id: string) => ({ type: 'user', id }) as unknown as Entry
    const call = { type: 'tool', id: 't', call: { callId: 'call_1' } } as unknown as Entry
    const entries = [user('1'), call, user('2')]
    expect(learnedBy({ by: 'agent', origin: { callId: 'call_1' } }, entries)).to.equal('turn 1')
    expect(learnedBy({ by: 'agent' }, entries)).to.equal('turn 2')
    expect(learnedBy({ by: 'user' }, entries)).to.equal('user')
  })
})

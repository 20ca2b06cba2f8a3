import { expect } from 'chai'
import { reduceSession } from '../../../lib/session/reduce/session.ts'
import type { ChangeAuthor, MemoryBlock } from '../../../lib/session/state/memory.ts'
import { emptySession, type SessionState } from '../../../lib/session/state/session-state.ts'
import { learnedHunks } from '../../../ui/state/learned.ts'

const block = (value: string): MemoryBlock => {
  return { id: 'human', label: 'human', value, limit: 100, description: null, readOnly: false }
}

/** A session that begins with the first value, with the changes of the others. */
function session(start: string, ...changes: readonly (readonly [ChangeAuthor, string])[]) {
  let state: SessionState = emptySession('/project', 0)
  state = reduceSession(state, { type: 'memory.loaded', blocks: [block(start)] })
  for (const [by, value] of changes) {
    state = reduceSession(state, { type: 'memory.changed', block: block(value), by, at: 0 })
  }
  return state
}

const outline = (state: SessionState): readonly (readonly string[])[] =>
  learnedHunks(state).map(({ hunk, without }) => [
    ...hunk.lines.map(({ type, text }) => `${type} ${text}`),
    without().replaceAll('\n', ' '),
  ])

describe('The changes of a session', () => {
  it('are divided by author, each with the lines that it replaced', () => {
    const state = session('a\nb\nc', ['user', 'a\nB\nc'], ['agent', 'a\nB\nC'])
    expect(outline(state)).to.deep.equal([
      ['removed b', 'added B', 'a b C'],
      ['removed c', 'added C', 'a B c'],
    ])
  })

  it('are divided by author, also where one of them only removed lines', () => {
    expect(outline(session('a\nb\nc', ['user', 'a\nc'], ['agent', 'a\nx\nc']))).to.deep.equal([
      ['removed b', 'a b x c'],
      ['added x', 'a c'],
    ])
  })

  it('are one change where a line was changed twice, and where they are by one author', () => {
    expect(outline(session('a\nb', ['user', 'a\nB'], ['agent', 'a\nBB']))).to.deep.equal([
      ['removed b', 'added BB', 'a b'],
    ])
    expect(outline(session('a', ['user', 'a\nb'], ['user', 'a\nb\nc']))).to.deep.equal([
      ['added b', 'added c', 'a'],
    ])
  })
})

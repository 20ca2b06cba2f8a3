import { expect } from 'chai'
import { findSources } from '../../lib/memory/find-sources.ts'
import type { MemoryItem } from '../../lib/session/state/memory.ts'

const item = (id: string, value: string, before?: string): MemoryItem => ({
  block: { id, label: id, value, limit: 100, description: null, readOnly: false },
  change: before === undefined ? null : { before, by: 'user', at: 0 },
})

describe('The blocks from which lines of an edit came', () => {
  const memory = [
    item('human', 'Has a cat.\n--'),
    item('notes', 'Uses npm.', 'Uses npm.\nHas a dog.'),
    item('project', 'A parser.'),
  ]
  const sources = (after: string, before = 'A parser.') =>
    findSources(memory, 'project', before, after)

  it('have an added line, or had it before their newest change', () => {
    expect(sources('A parser.\nHas a cat.')).to.deep.equal(['human'])
    expect(sources('A parser.\nHas a dog.\nHas a cat.')).to.deep.equal(['human', 'notes'])
  })

  it('are none for new lines, for those that the block had, and for rules and bullets', () => {
    expect(sources('A parser.\nHas a bird.')).to.deep.equal([])
    expect(sources('Has a cat.\nA parser.', 'Has a cat.')).to.deep.equal([])
    expect(sources('A parser.\n--')).to.deep.equal([])
  })
})

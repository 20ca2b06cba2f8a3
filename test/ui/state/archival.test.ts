import { expect } from 'chai'
import { reduceArchival } from '../../../ui/state/archival.ts'

describe('The page of archival memory', () => {
  const passage = { id: 'p', text: 'Likes tea.', tags: [], at: 0 }

  it('ignores the answer to an earlier search', () => {
    const first = reduceArchival(null, { type: 'archival.opened', query: 'tea' })
    const second = reduceArchival(first, { type: 'archival.opened', query: 'cat' })
    const late = {
      type: 'archival.read',
      query: 'tea',
      passages: [passage],
      problem: null,
    } as const
    expect(reduceArchival(second, late)).to.equal(second)
    expect(reduceArchival(second, { ...late, query: 'cat' })?.passages).to.deep.equal([passage])
  })
})

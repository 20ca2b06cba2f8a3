import { expect } from 'chai'
import { findRowsWithoutTest, readFaults } from './support/promise-tables.ts'

describe('The fault catalogue', () => {
  const rows = readFaults()

  it('names files and titles of tests that exist', () => {
    expect(findRowsWithoutTest(rows)).to.deep.equal([])
  })

  it('lists each kind of fault once, with its symptom and what letta does', () => {
    const kinds = rows.map(({ promise }) => promise)
    expect(kinds).to.deep.equal([...new Set(kinds)])
    expect(kinds).to.have.lengthOf.above(80)
    expect(rows.filter(({ cells }) => cells.some((cell) => cell === ''))).to.deep.equal([])
  })
})

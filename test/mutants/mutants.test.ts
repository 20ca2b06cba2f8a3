import { expect } from 'chai'
import { findDefects, listRooms, mutate, readMutants } from './mutants.ts'

describe('The list of mutants', () => {
  for (const room of listRooms()) {
    it(`of ${room} applies to the source as it is, and names tests that exist`, () => {
      expect(readMutants(room).flatMap(findDefects)).to.deep.equal([])
    })
  }

  it('reports a text that is missing or ambiguous, and a file that does not exist', () => {
    const mutant = { file: 'package.json', find: '"name"', replace: '', why: 'x', tests: [] }
    expect(findDefects(mutant)).to.deep.equal([])
    expect(findDefects({ ...mutant, find: 'not in there' })).to.have.lengthOf(1)
    expect(findDefects({ ...mutant, find: '"' })).to.have.lengthOf(1)
    expect(findDefects({ ...mutant, replace: '"name"' })).to.have.lengthOf(1)
    expect(findDefects({ ...mutant, tests: ['test/none.test.ts'] })).to.deep.equal([
      'test/none.test.ts does not exist.',
    ])
  })

  it('puts the replacement in as it is written, dollar signs included', () => {
    const mutant = { file: 'a.ts', find: 'b', replace: "$&$'", why: 'x', tests: [] }
    expect(mutate('abc', mutant)).to.equal("a$&$'c")
  })
})

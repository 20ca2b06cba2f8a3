import { expect } from 'chai'
import { findDefects, listRooms, mutate, readMutants } from './mutants.ts'
import { mix, readSelection } from './selection.ts'

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

describe('The selection of mutants', () => {
  const files = (args: readonly string[]): readonly string[] => {
    const selection = readSelection(args)
    return 'error' in selection ? [] : selection.mutants.map(({ mutant }) => mutant.file)
  }

  it('takes the mutants of the rooms that are named, and of those the ones with a text', () => {
    expect(files(['bin', 'util'])).to.have.lengthOf(
      readMutants('bin').length + readMutants('util').length,
    )
    expect(files(['client', '--only', 'lib/client/stream/'])).to.satisfy((all: string[]) =>
      all.every((file) => file.startsWith('lib/client/stream/')),
    )
    expect(readSelection(['cellar']))
      .to.have.property('error')
      .that.includes('cellar')
  })

  it('leaves out what a commit has already', () => {
    expect(files(['--since', 'HEAD'])).to.have.length.below(files([]).length)
  })

  it('takes every mutant once when time is limited, in an order that the commit decides', () => {
    const all = files([])
    expect(files(['--minutes', '10']).toSorted()).to.deep.equal(all.toSorted())
    const mutants = readMutants('bin').map((mutant) => ({ room: 'bin', mutant }))
    expect(mix(mutants, 'a')).to.deep.equal(mix(mutants, 'a')).and.not.deep.equal(mutants)
    expect(mix(mutants, 'a')).not.to.deep.equal(mix(mutants, 'b'))
  })
})

import { expect } from 'chai'
import { changedWords } from '../../../../ui/view/render/word-diff.ts'

describe('The changed words of two lines', () => {
  it('are the ranges of each line that the other lacks', () => {
    expect(changedWords('let a = old + 1', 'let abc = new + 1')).to.deep.equal({
      before: [
        [4, 5],
        [8, 11],
      ],
      after: [
        [4, 7],
        [10, 13],
      ],
    })
  })

  it('are the added words when words are added', () => {
    expect(changedWords('f(a)', 'f(a, b)')).to.deep.equal({ before: [], after: [[3, 6]] })
  })

  it('are not marked in lines that have little in common', () => {
    expect(changedWords('import a', 'return (b)')).to.equal(null)
    expect(changedWords('x '.repeat(500), 'x '.repeat(501))).to.equal(null)
  })
})

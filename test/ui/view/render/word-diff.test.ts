import { expect } from 'chai'
import { changedWords } from '../../../../ui/view/render/word-diff.ts'

describe('changed words', () => {
  it('are the ranges of each line that the other has not', () => {
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

  it('are what is added when something is added', () => {
    expect(changedWords('f(a)', 'f(a, b)')).to.deep.equal({ before: [], after: [[3, 6]] })
  })

  it('are not asked for in lines that share little', () => {
    expect(changedWords('import a', 'return (b)')).to.equal(null)
    expect(changedWords('x '.repeat(500), 'x '.repeat(501))).to.equal(null)
  })
})

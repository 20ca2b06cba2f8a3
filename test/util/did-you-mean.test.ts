import { expect } from 'chai'
import { nearest, nearestHint } from '../../lib/util/did-you-mean.ts'

const WORDS = ['agent.rename', 'app.quit', 'turn.cancel']

describe('nearest', () => {
  it('finds the word behind a slip of the finger', () => {
    expect(nearest('agent.renmae', WORDS)).to.equal('agent.rename')
    expect(nearest('app.qiut', WORDS)).to.equal('app.quit')
  })

  it('takes the first of words that are equally close', () => {
    expect(nearest('cat', ['bat', 'hat'])).to.equal('bat')
  })

  it('takes a word at two mistakes, and none at three', () => {
    expect(nearest('abcd', ['abxy'])).to.equal('abxy')
    expect(nearest('abcd', ['axyz'])).to.equal(null)
  })

  it('offers nothing when no word is near', () => {
    expect(nearest('zebra', WORDS)).to.equal(null)
  })

  it('asks for the word that is near, else names all', () => {
    expect(nearestHint('app.qiut', WORDS)).to.equal('Did you mean app.quit?')
    expect(nearestHint('zebra', WORDS)).to.equal('There are: agent.rename, app.quit, turn.cancel')
  })
})

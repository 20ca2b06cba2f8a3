import { expect } from 'chai'
import { nearest } from '../lib/nearest.ts'

const WORDS = ['agent.rename', 'app.quit', 'turn.cancel']

describe('nearest', () => {
  it('finds the word behind a slip of the finger', () => {
    expect(nearest('agent.renmae', WORDS)).to.equal('agent.rename')
    expect(nearest('app.qiut', WORDS)).to.equal('app.quit')
  })

  it('offers nothing when no word is near', () => {
    expect(nearest('zebra', WORDS)).to.equal(null)
  })
})

import { expect } from 'chai'
import { closestMatch, suggestionHint, withSuggestion } from '../../lib/util/did-you-mean.ts'

const NAMES = ['agent.rename', 'app.quit', 'turn.cancel']

describe('A suggestion for a mistyped name', () => {
  it('is the name that differs by a swap of neighbouring letters', () => {
    expect(closestMatch('agent.renmae', NAMES)).to.equal('agent.rename')
    expect(closestMatch('app.qiut', NAMES)).to.equal('app.quit')
  })

  it('is the first of several names that are equally close', () => {
    expect(closestMatch('cat', ['bat', 'hat'])).to.equal('bat')
  })

  it('allows two mistakes in a short name, but not three', () => {
    expect(closestMatch('abcd', ['abxy'])).to.equal('abxy')
    expect(closestMatch('abcd', ['axyz'])).to.equal(null)
  })

  it('ignores the difference between capitals and small letters', () => {
    expect(closestMatch('APP.QUIT', NAMES)).to.equal('app.quit')
  })

  it('is absent when no name is close', () => {
    expect(closestMatch('zebra', NAMES)).to.equal(null)
  })

  it('asks for the close name as a hint, and lists all names when none is close', () => {
    expect(suggestionHint('app.qiut', NAMES)).to.equal('Did you mean app.quit?')
    expect(suggestionHint('zebra', NAMES)).to.equal(
      'Available: agent.rename, app.quit, turn.cancel',
    )
    expect(suggestionHint('zebra', NAMES, { otherwise: 'See the help.' })).to.equal('See the help.')
  })

  it('follows a sentence, written as the caller writes names, and leaves it alone when none is close', () => {
    const quoted = (name: string): string => `"${name}"`
    expect(withSuggestion('Unknown.', 'app.qiut', NAMES, quoted)).to.equal(
      'Unknown. Did you mean "app.quit"?',
    )
    expect(withSuggestion('Unknown.', 'zebra', NAMES, quoted)).to.equal('Unknown.')
  })
})

import { expect } from 'chai'
import { mergeLines } from '../../../lib/tools/journal/merge-lines.ts'

describe('Merging lines', () => {
  const merge = (base: string, mine: string, theirs: string): string | null =>
    mergeLines([...base], [...mine], [...theirs])?.join('') ?? null

  it('takes changes of neighbouring lines from both', () => {
    expect(merge('abcd', 'aBcd', 'abCd')).to.equal('aBCd')
    expect(merge('abcd', 'acd', 'abCd')).to.equal('aCd')
    expect(merge('abcd', 'abxcd', 'abCd')).to.equal('abxCd')
    expect(merge('abcd', 'aXYcd', 'abd')).to.equal('aXYd')
  })

  it('takes a change that both have made once', () => {
    expect(merge('abcdef', 'aBCdef', 'aBCdeF')).to.equal('aBCdeF')
  })

  it('is refused where both have changed the same lines, or added lines at the same place', () => {
    expect(merge('abcd', 'aXcd', 'aYcd')).to.equal(null)
    expect(merge('abcd', 'aXd', 'abY')).to.equal(null)
    expect(merge('abcd', 'abXcd', 'abYcd')).to.equal(null)
  })
})

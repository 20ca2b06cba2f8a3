import { expect } from 'chai'
import fc from 'fast-check'
import { countCodePoints } from '../../lib/util/code-points.ts'

describe('The number of characters', () => {
  it('is that of code points, as the servers of Letta count', () => {
    expect(countCodePoints('a😀漢e\u0301\ud83d')).to.equal(6)
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(countCodePoints(text)).to.equal(Array.from(text).length)
      }),
    )
  })
})

import { expect } from 'chai'
import fc from 'fast-check'
import { jsonPieces } from '../../lib/util/json-pieces.ts'

describe('JSON in pieces', () => {
  it('is what JSON.stringify returns', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('a'.repeat(65_535), 'b\n"\\\u2028'.repeat(20_000), 'é'.repeat(65_536)),
    )
    const values = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.integer(),
        fc.constantFrom(null, true, undefined),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }),
      ),
    })).value
    fc.assert(
      fc.property(values, (value) => {
        const plain = { value }
        expect([...jsonPieces(plain)].join('')).to.equal(JSON.stringify(plain))
      }),
    )
  })

  it('never splits a surrogate pair', () => {
    for (const start of ['', 'a']) {
      const value = start + '😀'.repeat(100_000)
      expect([...jsonPieces([value])].join('')).to.equal(JSON.stringify([value]))
    }
  })

  it('has no piece that is as long as a long text', () => {
    const lengths = [...jsonPieces({ text: 'a'.repeat(1_000_000) })].map((piece) => piece.length)
    expect(Math.max(...lengths)).to.be.below(140_000)
  })
})

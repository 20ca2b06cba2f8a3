import { expect } from 'chai'
import fc from 'fast-check'
import { decodeText, encodeText, isBinary } from '../../../lib/tools/files/text-encoding.ts'

describe('A text file', () => {
  it('is written as it was read, byte for byte', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom('\r\n', '\n', '\r', '\uFEFF', 'é', '€', '😀', 'text')
        .map((text) => Buffer.from(text)),
    )
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const bytes = Buffer.concat(pieces)
        const content = decodeText(bytes)
        expect(encodeText(content.text, content).equals(bytes)).to.equal(true)
      }),
      { numRuns: 500 },
    )
  })

  it('is decoded without changing a well-formed character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // Text with NUL characters is UTF-16 or binary.
        fc.pre(!text.startsWith('\uFEFF') && !/[\r\0]/.test(text))
        const { text: decoded, encoding } = decodeText(Buffer.from(text))
        expect([decoded, encoding]).to.deep.equal([text, 'utf-8'])
      }),
    )
  })

  it('is distinguished from a binary file', () => {
    const of = (...bytes: number[]): boolean => isBinary(Buffer.from(bytes))
    expect(of(...Buffer.from('plain text\n'))).to.equal(false)
    expect(of(...Buffer.from('caf'), 0xe9, ...Buffer.from(' au lait'))).to.equal(false)
    expect(of(...Buffer.from('\x1b[31mred\x1b[0m'))).to.equal(false)
    expect(of()).to.equal(false)
    expect(of(...Buffer.from('text'), 0)).to.equal(true)
    expect(of(0xff, 0xfe, 0xfd)).to.equal(true)
    expect(of(1, 2, 3, 4, 5, 65, 66)).to.equal(true)
    const cut = Buffer.concat([Buffer.alloc(8_191, 'a'), Buffer.from('€€')])
    expect(isBinary(cut)).to.equal(false)
  })
})

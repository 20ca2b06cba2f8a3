import { expect } from 'chai'
import { imageInfo } from '../../lib/util/image-info.ts'

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex')
const png = hex('89504e470d0a1a0a 0000000d 49484452 00000280 000001e0 08')
const gif = Buffer.concat([Buffer.from('GIF89a'), hex('2003 5802')])
const jpeg = hex('ffd8 ffe0 0010 4a46494600010100000100010000 ffc2 0011 08 0258 0320 03')
const riff = (kind: string, rest: string): Uint8Array =>
  Buffer.concat([Buffer.from('RIFF....WEBP'), Buffer.from(kind), hex(rest)])

describe('The first bytes of an image', () => {
  it('name its format and its size', () => {
    const found = [
      [png, 'image/png', 640, 480],
      [gif, 'image/gif', 800, 600],
      [jpeg, 'image/jpeg', 800, 600],
      [riff('VP8X', '0a000000 10000000 1f0300 570200 00'), 'image/webp', 800, 600],
      [riff('VP8L', '0a000000 2f 1fc39500 0000000000000000'), 'image/webp', 800, 600],
      [riff('VP8 ', '0a000000 000000 9d012a 2003 5802 0000'), 'image/webp', 800, 600],
    ] as const
    for (const [bytes, mediaType, width, height] of found) {
      expect(imageInfo(bytes)).to.deep.equal({ mediaType, size: { width, height } })
    }
  })

  it('are recognized when they are cut, without a size', () => {
    expect(imageInfo(png.subarray(0, 12))).to.deep.equal({ mediaType: 'image/png', size: null })
    expect(imageInfo(jpeg.subarray(0, 8))).to.deep.equal({ mediaType: 'image/jpeg', size: null })
  })

  it('are not those of other files', () => {
    for (const text of ['', 'GIF', '<svg/>', '%PDF-1.7', 'RIFF....WAVE']) {
      expect(imageInfo(Buffer.from(text)), text).to.equal(null)
    }
  })
})

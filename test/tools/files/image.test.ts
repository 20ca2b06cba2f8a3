import { expect } from 'chai'
import { parseImage } from '../../../lib/tools/files/image.ts'
import { IMAGE_DAMAGED, imageTooWide } from '../../../lib/tools/messages/files.ts'
import { completeImageSize } from '../../../lib/util/image-info.ts'
import { messageOf } from '../../../lib/util/user-error.ts'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYPgPAAEDAQAIicLsAAAAAElFTkSuQmCC',
  'base64',
)
const GIF = Buffer.from('R0lGODlhAwACAIAAAAAAAP///yH5BAAAAAAALAAAAAADAAIAAAICRF4AOw==', 'base64')
/** The segments that matter: metadata, the frame of 40 × 30 pixels, the end. */
const JPEG = Buffer.from('ffd8ffe000040000ffc0001108001e0028030000ffd9', 'hex')
const riff = (chunk: string): Buffer => {
  const body = Buffer.from(chunk, 'hex')
  const head = Buffer.from('RIFF\0\0\0\0WEBP')
  head.writeUInt32LE(4 + body.length, 4)
  return Buffer.concat([head, body])
}
const WEBP = {
  lossy: riff(`${Buffer.from('VP8 ').toString('hex')}0a0000000000009d012a28001e00`),
  lossless: riff(`${Buffer.from('VP8L').toString('hex')}050000002f2740070000`),
  extended: riff(
    `${Buffer.from('VP8X').toString('hex')}0a00000000000000270000 1d0000`.replace(' ', ''),
  ),
}

describe('The size of an image', () => {
  const images: Readonly<Record<string, readonly [Buffer, width: number, height: number]>> = {
    png: [PNG, 1, 1],
    gif: [GIF, 3, 2],
    jpeg: [JPEG, 40, 30],
    'lossy webp': [WEBP.lossy, 40, 30],
    'lossless webp': [WEBP.lossless, 40, 30],
    'extended webp': [WEBP.extended, 40, 30],
  }
  for (const [format, [bytes, width, height]] of Object.entries(images)) {
    it(`is read from the header of a file in the format ${format}`, () => {
      expect(completeImageSize(bytes)).to.deep.equal({ width, height })
      expect(parseImage(bytes)?.base64).to.equal(bytes.toString('base64'))
    })

    it(`is unknown for a file that ends too early in the format ${format}`, () => {
      for (let length = 2; length < bytes.length - 4; length++) {
        expect(completeImageSize(bytes.subarray(0, length)), `${length} bytes`).to.equal(null)
      }
    })
  }

  const reasonOf = (bytes: Buffer): string => {
    try {
      parseImage(bytes)
    } catch (thrown) {
      return messageOf(thrown)
    }
    return 'accepted'
  }

  it('is the reason for which an image is refused before it is sent', () => {
    const wide = Buffer.from(PNG)
    wide.writeUInt32BE(12_000, 16)
    expect(reasonOf(wide)).to.equal(imageTooWide({ width: 12_000, height: 1 }, 8_000))
    expect(reasonOf(PNG.subarray(0, 40))).to.equal(IMAGE_DAMAGED)
  })
})

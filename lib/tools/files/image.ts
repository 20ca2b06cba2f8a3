import { imageSize } from '../../util/image-size.ts'
import { UserError } from '../../util/user-error.ts'
import { IMAGE_DAMAGED, imageTooLarge, imageTooWide } from '../messages.ts'
import type { ToolImage } from '../tool.ts'

/** The largest image that model providers accept. */
const MAX_IMAGE_BYTES = 5 * 1_048_576

/** The longest side of an image that they accept. */
const MAX_IMAGE_PIXELS = 8_000

const SIGNATURES = [
  { mediaType: 'image/png', at: 0, bytes: Buffer.from('89504e470d0a1a0a', 'hex') },
  { mediaType: 'image/jpeg', at: 0, bytes: Buffer.from('ffd8ff', 'hex') },
  { mediaType: 'image/gif', at: 0, bytes: Buffer.from('GIF87a') },
  { mediaType: 'image/gif', at: 0, bytes: Buffer.from('GIF89a') },
  { mediaType: 'image/webp', at: 8, bytes: Buffer.from('WEBP') },
]

/** An image in a format that models accept, recognized by its content and not by its name; null for other files. */
export function parseImage(bytes: Buffer): ToolImage | null {
  const found = SIGNATURES.find(({ at, bytes: mark }) =>
    bytes.subarray(at, at + mark.length).equals(mark),
  )
  if (found === undefined) return null
  if (bytes.length > MAX_IMAGE_BYTES) {
    throw new UserError(imageTooLarge(bytes.length, MAX_IMAGE_BYTES))
  }
  const size = imageSize(bytes)
  if (size === null) throw new UserError(IMAGE_DAMAGED)
  if (Math.max(size.width, size.height) > MAX_IMAGE_PIXELS) {
    throw new UserError(imageTooWide(size, MAX_IMAGE_PIXELS))
  }
  return { mediaType: found.mediaType, base64: bytes.toString('base64') }
}

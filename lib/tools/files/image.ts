import { completeImageSize, imageInfo } from '../../util/image-info.ts'
import { UserError } from '../../util/user-error.ts'
import { IMAGE_DAMAGED, imageTooLarge, imageTooWide } from '../messages/files.ts'
import type { ToolImage } from '../tool.ts'

/** The largest image that model providers accept. */
export const MAX_IMAGE_BYTES = 5 * 1_048_576

/** The longest side of an image that they accept. */
const MAX_IMAGE_PIXELS = 8_000

/** An image in a format that models accept, recognized by its content and not by its name; null for other files. */
export function parseImage(bytes: Buffer): ToolImage | null {
  const found = imageInfo(bytes)
  if (found === null) return null
  if (bytes.length > MAX_IMAGE_BYTES) {
    throw new UserError(imageTooLarge(bytes.length, MAX_IMAGE_BYTES))
  }
  const size = completeImageSize(bytes)
  if (size === null) throw new UserError(IMAGE_DAMAGED)
  if (Math.max(size.width, size.height) > MAX_IMAGE_PIXELS) {
    throw new UserError(imageTooWide(size, MAX_IMAGE_PIXELS))
  }
  return { mediaType: found.mediaType, base64: bytes.toString('base64') }
}

/** What the first bytes of an image say about it. */
interface ImageInfo {
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp'
  /** Pixels; null when the beginning of the file does not contain them. */
  readonly size: { readonly width: number; readonly height: number } | null
}

/** Bytes in which most images name their size. */
export const IMAGE_HEADER_BYTES = 256 * 1024

/** An image in a format that models accept, recognized by its content and not by its name; null for other files. */
export function imageInfo(bytes: Uint8Array): ImageInfo | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (hasBytes(bytes, 0, PNG)) return { mediaType: 'image/png', size: pngSize(view) }
  if (hasBytes(bytes, 0, JPEG)) return { mediaType: 'image/jpeg', size: jpegSize(view) }
  if (isText(bytes, 0, 'GIF87a') || isText(bytes, 0, 'GIF89a')) {
    return { mediaType: 'image/gif', size: sizeAt(view, 6, true) }
  }
  if (isText(bytes, 0, 'RIFF') && isText(bytes, 8, 'WEBP')) {
    return { mediaType: 'image/webp', size: webpSize(bytes, view) }
  }
  return null
}

/** The size of an image that is complete; null when its header or its end is missing. */
export function completeImageSize(bytes: Uint8Array): ImageInfo['size'] {
  const info = imageInfo(bytes)
  return info !== null && hasEnd(info.mediaType, bytes) ? info.size : null
}

/** Some programs append bytes after the end of an image. */
const MAX_TRAILING_BYTES = 64

const ENDS = { 'image/png': 'IEND', 'image/jpeg': '\xff\xd9', 'image/gif': ';' }

function hasEnd(mediaType: ImageInfo['mediaType'], bytes: Uint8Array): boolean {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  // The header of a RIFF file has the length of what follows.
  if (mediaType === 'image/webp') return all.readUInt32LE(4) <= all.length - 8
  return all.subarray(-MAX_TRAILING_BYTES).includes(ENDS[mediaType], 0, 'latin1')
}

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const JPEG = [0xff, 0xd8, 0xff]

function hasBytes(bytes: Uint8Array, at: number, expected: readonly number[]): boolean {
  return expected.every((byte, index) => bytes[at + index] === byte)
}

function isText(bytes: Uint8Array, at: number, expected: string): boolean {
  return hasBytes(
    bytes,
    at,
    [...expected].map((character) => character.charCodeAt(0)),
  )
}

type PixelSize = ImageInfo['size']

/** Two numbers of 16 bits, the width first. */
function sizeAt(view: DataView, at: number, isLittleEndian: boolean): PixelSize {
  if (view.byteLength < at + 4) return null
  return toSize(view.getUint16(at, isLittleEndian), view.getUint16(at + 2, isLittleEndian))
}

function toSize(width: number, height: number): PixelSize {
  return width > 0 && height > 0 ? { width, height } : null
}

function pngSize(view: DataView): PixelSize {
  return view.byteLength < 24 ? null : toSize(view.getUint32(16), view.getUint32(20))
}

/** The first frame header; the segments before it are skipped. */
function jpegSize(view: DataView): PixelSize {
  let at = 2
  while (at + 9 <= view.byteLength) {
    const marker = view.getUint16(at)
    if (marker === 0xffff) {
      at += 1
      continue
    }
    if (marker < 0xff01) return null
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && !NO_FRAMES.has(marker)
    if (isFrame) return toSize(view.getUint16(at + 7), view.getUint16(at + 5))
    at += 2 + view.getUint16(at + 2)
  }
  return null
}

/** Tables and extensions among the numbers of frames. */
const NO_FRAMES = new Set([0xffc4, 0xffc8, 0xffcc])

function webpSize(bytes: Uint8Array, view: DataView): PixelSize {
  if (isText(bytes, 12, 'VP8L') && view.byteLength >= 25) {
    const bits = view.getUint32(21, true)
    return toSize((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1)
  }
  if (view.byteLength < 30) return null
  if (isText(bytes, 12, 'VP8X')) {
    const read = (at: number): number => view.getUint16(at, true) + ((bytes[at + 2] ?? 0) << 16) + 1
    return toSize(read(24), read(27))
  }
  return toSize(view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff)
}

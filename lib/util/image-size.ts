interface ImageSize {
  readonly width: number
  readonly height: number
}

/**
 * The pixels of an image by its header; null when it is damaged: its header names none, or its end is missing. Formats: PNG,
 * JPEG, GIF and WebP.
 */
export function imageSize(bytes: Uint8Array): ImageSize | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    const size = readers[view.getUint16(0)]?.(view) ?? null
    return size === null || size.width === 0 || size.height === 0 ? null : size
  } catch (thrown) {
    // The header continues after the end of the data.
    if (thrown instanceof RangeError) return null
    throw thrown
  }
}

type SizeReader = (view: DataView) => ImageSize | null

const PNG_END = 0x49_45_4e_44
const VP8 = 0x56_50_38_20
const VP8L = 0x56_50_38_4c
const VP8X = 0x56_50_38_58

/** By the first two bytes. */
const readers: Readonly<Record<number, SizeReader>> = {
  // PNG: the first chunk has the size, the last one ends the image.
  35152: (view) =>
    findBackwards(view, (at) => at + 4 <= view.byteLength && view.getUint32(at) === PNG_END)
      ? { width: view.getUint32(16), height: view.getUint32(20) }
      : null,
  65496: jpegSize,
  // GIF ends with a semicolon.
  18249: (view) =>
    findBackwards(view, (at) => view.getUint8(at) === 0x3b)
      ? { width: view.getUint16(6, true), height: view.getUint16(8, true) }
      : null,
  // RIFF: the length of the file is in its header.
  21065: (view) => (view.getUint32(4, true) > view.byteLength - 8 ? null : webpSize(view)),
}

/** Some programs append bytes after the end of an image. */
const MAX_TRAILING_BYTES = 64

function findBackwards(view: DataView, isEnd: (at: number) => boolean): boolean {
  for (let at = view.byteLength - 1; at >= view.byteLength - MAX_TRAILING_BYTES && at >= 0; at--) {
    if (isEnd(at)) return true
  }
  return false
}

/** The size is in the first segment of a frame, after those with metadata. */
function jpegSize(view: DataView): ImageSize | null {
  const hasEnd = findBackwards(
    view,
    (at) => at + 2 <= view.byteLength && view.getUint16(at) === 0xff_d9,
  )
  if (!hasEnd) return null
  for (let at = 2; ; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at)
    if (marker >> 8 !== 0xff) return null
    const isFrame = marker >= 0xff_c0 && marker <= 0xff_cf
    if (isFrame && ![0xff_c4, 0xff_c8, 0xff_cc].includes(marker)) {
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
    }
  }
}

function webpSize(view: DataView): ImageSize | null {
  switch (view.getUint32(12)) {
    case VP8:
      return {
        width: view.getUint16(26, true) & 0x3f_ff,
        height: view.getUint16(28, true) & 0x3f_ff,
      }
    case VP8L: {
      const bits = view.getUint32(21, true)
      return { width: (bits & 0x3f_ff) + 1, height: ((bits >>> 14) & 0x3f_ff) + 1 }
    }
    case VP8X: {
      const read = (at: number): number =>
        view.getUint8(at) + view.getUint8(at + 1) * 256 + view.getUint8(at + 2) * 65_536 + 1
      return { width: read(24), height: read(27) }
    }
    default:
      return null
  }
}

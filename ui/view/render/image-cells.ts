import type { Row } from './row.ts'
import { styled } from './row.ts'
import { rgb, styleOf } from './style.ts'

/** A thumbnail that the terminal has: its number, and its size in cells. */
export interface Thumbnail {
  readonly id: number
  /** Of the attachment. */
  readonly name: string
  readonly columns: number
  readonly rows: number
}

/** The cells by which a terminal shows a part of an image: a placeholder with its row and column, in a color that is the number. */
const PLACEHOLDER = '\u{10eeee}'

/** Whether it is a part of an image: in another color it would be that of another image. */
export function isImageText(text: string): boolean {
  return text.includes(PLACEHOLDER)
}

/** The marks that stand for the numbers from 0 on, as in kitty’s list (rowcolumn-diacritics.txt). */
const NUMBERS = [
  ...'\u0305\u030d\u030e\u0310\u0312\u033d\u033e\u033f\u0346\u034a\u034b\u034c\u0350\u0351\u0352\u0357',
  ...'\u035b\u0363\u0364\u0365\u0366\u0367\u0368\u0369\u036a\u036b\u036c\u036d\u036e\u036f',
]

const MAX_THUMBNAIL_COLUMNS = NUMBERS.length
const MAX_THUMBNAIL_ROWS = 6

/** Each cell names its place, so that any of them may be covered. */
export function thumbnailRows({ id, columns, rows }: Thumbnail): readonly Row[] {
  const style = styleOf({ fg: rgb(id >> 16, id >> 8, id) })
  const across = NUMBERS.slice(0, columns)
  return NUMBERS.slice(0, rows).map((down) =>
    styled(style, across.map((mark) => `${PLACEHOLDER}${down}${mark}`).join('')),
  )
}

/** The cells for an image, which are twice as high as wide. */
export function thumbnailSize({
  width,
  height,
}: {
  readonly width: number
  readonly height: number
}) {
  const cells = (rows: number): number => Math.round((rows * 2 * width) / height)
  const rows = Math.min(
    MAX_THUMBNAIL_ROWS,
    Math.max(1, Math.floor((MAX_THUMBNAIL_COLUMNS * height) / (2 * width))),
  )
  return { columns: Math.min(MAX_THUMBNAIL_COLUMNS, Math.max(1, cells(rows))), rows }
}

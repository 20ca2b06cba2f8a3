/**
 * Whether a line of a text surely needs no more than `columns` cells, however its blanks and its line end are marked. False says
 * nothing: such a line is measured as it is rendered.
 */
export function fitsInRow(text: string, columns: number): boolean {
  if (text.length > columns) return false
  if (PRINTABLE.test(text)) return true
  let cells = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code >= 0x20 && code < 0x7f) cells++
    else if (code === TAB) cells += TAB_CELLS
    else if (code === RETURN && at === text.length - 1) cells += RETURN_CELLS
    else if (isNarrowLetter(code)) cells++
    else if (isWideLetter(code)) cells += 2
    else return false
  }
  return cells <= columns
}

const PRINTABLE = /^[\x20-\x7e]*$/
const TAB = 9
const RETURN = 13
/** As a tab stop, or as an arrow with blanks. */
const TAB_CELLS = 4
/** Spelled out. */
const RETURN_CELLS = 2

/** Latin, Greek and Cyrillic letters. */
function isNarrowLetter(code: number): boolean {
  return (
    (code >= 0xc0 && code <= 0x24f) ||
    (code >= 0x391 && code <= 0x482 && code !== 0x3a2) ||
    (code >= 0x48a && code <= 0x52f)
  )
}

/** Han, kana and Hangul. */
function isWideLetter(code: number): boolean {
  return (
    (code >= 0x4e00 && code <= 0x9fff) ||
    (code >= 0x3041 && code <= 0x3096) ||
    (code >= 0x30a1 && code <= 0x30fc) ||
    (code >= 0xac00 && code <= 0xd7a3)
  )
}

/**
 * Images by the graphics protocol of kitty, as Unicode placeholders: the data is sent once, and the image appears where cells contain
 * the placeholder (ui/view/render/image-cells.ts). So it is drawn, moved, covered and erased with its cells, like text.
 *
 * The protocols of iTerm2 and sixel, and kitty’s own placements, paint over cells that the terminal then scrolls and erases by rules
 * that differ between terminals; what the painter takes as shown would not be shown. Only kitty and Ghostty have placeholders, and no
 * query distinguishes them from terminals that have the protocol without these, so their names are required, too.
 * https://sw.kovidgoyal.net/kitty/graphics-protocol/#unicode-placeholders
 */
import type { Colors } from './colors.ts'

/** Whether the terminal is one that has placeholders. Inside of a multiplexer it is unknown what is passed on. */
export function mayShowImages(
  environment: Readonly<Record<string, string | undefined>>,
  colors: Colors,
): boolean {
  const { TERM = '', TERM_PROGRAM = '' } = environment
  if (colors !== 'truecolor') return false
  if (environment['TMUX'] !== undefined || environment['STY'] !== undefined) return false
  if (environment['ZELLIJ'] !== undefined) return false
  return (
    environment['KITTY_WINDOW_ID'] !== undefined ||
    TERM === 'xterm-kitty' ||
    TERM === 'xterm-ghostty' ||
    TERM_PROGRAM === 'ghostty'
  )
}

/** Asks whether images are shown; device attributes last, as every terminal reports them. */
export const IMAGE_QUERY = '\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[c'

/** The reply to the query. */
export const IMAGES_SHOWN = /^\x1b_Gi=31;OK/

/** An image of the program, with its size in cells. The data is base64 of a PNG whose header was checked. */
export interface TerminalImage {
  readonly id: number
  readonly columns: number
  readonly rows: number
  readonly base64: string
}

/** Characters of data in one sequence. */
const CHUNK = 4096

/** Sends the image without showing it anywhere. `q=2`: the terminal does not reply. */
export function imageSequence({ id, columns, rows, base64 }: TerminalImage): string {
  const data = base64.replaceAll(/[^A-Za-z0-9+/=]/g, '')
  const control = `a=T,U=1,q=2,t=d,f=100,i=${id},c=${columns},r=${rows}`
  let sequence = removeSequence(id)
  for (let at = 0; at === 0 || at < data.length; at += CHUNK) {
    const more = at + CHUNK < data.length ? 1 : 0
    const keys = at === 0 ? `${control},m=${more}` : `q=2,m=${more}`
    sequence += `\x1b_G${keys};${data.slice(at, at + CHUNK)}\x1b\\`
  }
  return sequence
}

/** Removes the image and its data. */
export function removeSequence(id: number): string {
  return `\x1b_Ga=d,d=I,i=${id},q=2\x1b\\`
}

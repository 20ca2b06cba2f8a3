/** Control sequences that are written in addition to frames. Text in them is sanitized here. */

interface Modes {
  readonly mouse: boolean
}

/** Enters the alternate screen and sets all modes. Kitty has a stack of flags per screen, so they are pushed after that. */
export function enterSequence(modes: Modes): string {
  return [
    '\x1b[22;2t', // save the title
    '\x1b[?1049h\x1b[?7l\x1b[?25l\x1b[2J\x1b[H',
    '\x1b[?2004h\x1b[?1004h',
    modes.mouse ? '\x1b[?1002h\x1b[?1006h' : '',
    '\x1b[>5u\x1b[>4;1m',
  ].join('')
}

/** Undoes `enterSequence` in any state of the terminal; CAN ends a sequence that was cut off. */
export const LEAVE_SEQUENCE = [
  '\x18\x1b[?2026l\x1b]8;;\x1b\\\x1b[m',
  '\x1b[<u\x1b[>4;0m',
  '\x1b[?1006l\x1b[?1002l\x1b[?1004l\x1b[?2004l',
  '\x1b[?7h\x1b[?25h\x1b[?1049l\x1b[23;2t',
].join('')

/** Queries kitty's flags, grapheme clustering and the background; device attributes last, as every terminal reports them. */
export const QUERIES = '\x1b[?u\x1b[?2027$p\x1b]11;?\x1b\\\x1b[c'

export const BELL = '\x07'

export function titleSequence(title: string): string {
  return `\x1b]2;${printable(title, 200)}\x1b\\`
}

export function notifySequence(text: string): string {
  return `\x1b]9;${printable(text, 500)}\x07`
}

/** The sequence that copies text to the clipboard; null when the text is longer than terminals accept. */
export function copySequence(text: string, isInTmux: boolean): string | null {
  const encoded = Buffer.from(text).toString('base64')
  if (encoded.length > MAX_COPY_BYTES) return null
  const sequence = `\x1b]52;c;${encoded}\x07`
  // tmux handles the first sequence with `set-clipboard on`, and passes the second one through with `allow-passthrough on`.
  return isInTmux
    ? `${sequence}\x1bPtmux;${sequence.replaceAll('\x1b', '\x1b\x1b')}\x1b\\`
    : sequence
}

/** xterm accepts 75,000 bytes, other terminals more. */
const MAX_COPY_BYTES = 74_994

function printable(text: string, maxLength: number): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .slice(0, maxLength)
    .replace(/[\ud800-\udbff]$/, '')
}

/** What is written besides frames. All text in it is made harmless here. */

interface Modes {
  readonly mouse: boolean
}

/** The alternate screen and all modes that the program wants. Kitty keeps a stack of flags per screen: pushed after it. */
export function enterSequence(modes: Modes): string {
  return [
    '\x1b[22;2t', // save the title
    '\x1b[?1049h\x1b[?7l\x1b[?25l\x1b[2J\x1b[H',
    '\x1b[?2004h\x1b[?1004h',
    modes.mouse ? '\x1b[?1002h\x1b[?1006h' : '',
    '\x1b[>1u\x1b[>4;1m',
  ].join('')
}

/** Undoes `enterSequence` whatever state the terminal is in; CAN ends a sequence that was cut off. */
export const LEAVE_SEQUENCE = [
  '\x18\x1b[?2026l\x1b]8;;\x1b\\\x1b[m',
  '\x1b[<u\x1b[>4;0m',
  '\x1b[?1006l\x1b[?1002l\x1b[?1004l\x1b[?2004l',
  '\x1b[?7h\x1b[?25h\x1b[?1049l\x1b[23;2t',
].join('')

/** Asks for kitty's flags, grapheme clustering and the background; device attributes last, as every terminal answers them. */
export const QUERIES = '\x1b[?u\x1b[?2027$p\x1b]11;?\x1b\\\x1b[c'

export const BELL = '\x07'

export function titleSequence(title: string): string {
  return `\x1b]2;${printable(title, 200)}\x1b\\`
}

export function notifySequence(text: string): string {
  return `\x1b]9;${printable(text, 500)}\x07`
}

/** Puts text on the clipboard; null when it is more than terminals take. */
export function copySequence(text: string, isInTmux: boolean): string | null {
  const encoded = Buffer.from(text).toString('base64')
  if (encoded.length > LONGEST_COPY) return null
  const sequence = `\x1b]52;c;${encoded}\x07`
  // tmux takes it itself where `set-clipboard` is on, and hands it through where `allow-passthrough` is.
  return isInTmux
    ? `${sequence}\x1bPtmux;${sequence.replaceAll('\x1b', '\x1b\x1b')}\x1b\\`
    : sequence
}

/** xterm takes 75,000 bytes, others more. */
const LONGEST_COPY = 74_994

function printable(text: string, longest: number): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .slice(0, longest)
    .replace(/[\ud800-\udbff]$/, '')
}

/** Control sequences that are written in addition to frames. Text in them is sanitized here. */

import { toTitleText } from '../../lib/util/sanitize.ts'

interface Modes {
  readonly mouse: boolean
}

/** Enters the alternate screen and sets all modes. Kitty has a stack of flags per screen, so they are pushed after that. */
export function enterSequence(modes: Modes): string {
  return [
    '\x1b[22;2t', // save the title
    '\x1b[?1049h\x1b[?7l\x1b[?25l\x1b[2J\x1b[H',
    '\x1b[?2004h\x1b[?1004h',
    '\x1b[?2031h', // reports a change between a dark and a light background
    modes.mouse ? mouseSequence(true) : '',
    '\x1b[>5u\x1b[>4;1m',
  ].join('')
}

/** Reports of buttons, of movement while one is held, and of the wheel. */
export function mouseSequence(on: boolean): string {
  return on ? '\x1b[?1002h\x1b[?1006h' : '\x1b[?1006l\x1b[?1002l'
}

/** Undoes `enterSequence` in any state of the terminal; CAN ends a sequence that was cut off. */
export const LEAVE_SEQUENCE = [
  '\x18\x1b[?2026l\x1b]8;;\x1b\\\x1b[m',
  '\x1b[<u\x1b[>4;0m',
  '\x1b[?2031l\x1b[?1006l\x1b[?1002l\x1b[?1004l\x1b[?2004l',
  '\x1b[?7h\x1b[?25h\x1b[?1049l\x1b[23;2t',
].join('')

/** Queries kitty's flags, grapheme clustering and the background; device attributes last, as every terminal reports them. */
export const QUERIES = '\x1b[?u\x1b[?2027$p\x1b]11;?\x1b\\\x1b[c'

/** Queries the background again, which the user or the time of day may have changed. */
export const BACKGROUND_QUERY = '\x1b]11;?\x1b\\\x1b[c'

export const BELL = '\x07'

export function titleSequence(title: string): string {
  return `\x1b]2;${printable(title, 200)}\x1b\\`
}

/** The sequence by which a terminal shows a notification. */
type NotificationStyle = 'osc9' | 'osc99' | 'osc777'

/** What the terminal is known to understand; null for none. Inside of tmux it is unknown, and the bell is passed on. */
export function notificationStyle(
  environment: Readonly<Record<string, string | undefined>>,
): NotificationStyle | null {
  const { TERM = '', TERM_PROGRAM = '' } = environment
  if (environment['TMUX'] !== undefined || environment['STY'] !== undefined) return null
  if (environment['KITTY_WINDOW_ID'] !== undefined || TERM === 'xterm-kitty') return 'osc99'
  if (/^(iTerm\.app|WezTerm|ghostty)$/i.test(TERM_PROGRAM) || TERM === 'xterm-ghostty')
    return 'osc9'
  if (environment['VTE_VERSION'] !== undefined || /^(foot|rxvt)/.test(TERM)) return 'osc777'
  return null
}

/** The text must not begin with a digit: ConEmu takes `9;4` as the progress of a task. */
export function notifySequence(text: string, style: NotificationStyle): string {
  const shown = printable(text, 500)
  switch (style) {
    case 'osc9':
      return `\x1b]9;letta: ${shown}\x07`
    case 'osc99':
      return `\x1b]99;;letta: ${shown}\x1b\\`
    case 'osc777':
      // A semicolon would end the text.
      return `\x1b]777;notify;letta;${shown.replaceAll(';', ',')}\x07`
  }
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
  return toTitleText(text.toWellFormed())
    .replace(/ +/g, ' ')
    .slice(0, maxLength)
    .replace(/[\ud800-\udbff]$/, '')
}

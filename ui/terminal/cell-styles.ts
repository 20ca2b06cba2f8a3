import { type Colour, type Colours, colourParameters, DEFAULT_COLOUR, rgb } from './colours.ts'

interface CellStyle {
  readonly fg: Colour
  readonly bg: Colour
  /** Bits of `FLAGS`. */
  readonly flags: number
  /** Target of a link, '' for none. */
  readonly link: string
}

/** Bold, dim and so on: the bit, and the SGR code that turns it on. No blink and no conceal: they hide and distract. */
const FLAGS = {
  bold: 1,
  dim: 2,
  italic: 4,
  underline: 8,
  inverse: 16,
  strike: 32,
} as const

export const PLAIN_STYLE = 0

/** Styles as small numbers, so that cells compare fast. */
export interface CellStyles {
  styleOf(id: number): CellStyle
  /** The style after an SGR sequence with these parameters. */
  afterSgr(id: number, parameters: string): number
  withLink(id: number, link: string): number
  /** The style a blank has when only what shows on a blank counts. */
  onBlank(id: number): number
  /** The SGR sequence that sets the style, whatever was set before. */
  sgr(id: number): string
  readonly size: number
}

export function createCellStyles(colours: Colours): CellStyles {
  const entries: Entry[] = []
  const ids = new Map<string, number>()

  const intern = (style: CellStyle): number => {
    const key = `${style.fg},${style.bg},${style.flags},${style.link}`
    const known = ids.get(key)
    if (known !== undefined) return known
    const id = entries.length
    entries.push({ style, sgr: sgrOf(style, colours), after: new Map(), blank: undefined })
    ids.set(key, id)
    return id
  }
  const entryOf = (id: number): Entry => entries[id] ?? PLAIN_ENTRY
  intern(PLAIN)

  return {
    styleOf: (id) => entryOf(id).style,
    sgr: (id) => entryOf(id).sgr,
    withLink: (id, link) => intern({ ...entryOf(id).style, link }),
    afterSgr(id, parameters) {
      const { after, style } = entryOf(id)
      const known = after.get(parameters)
      if (known !== undefined) return known
      const next = intern(applySgr(style, parameters))
      after.set(parameters, next)
      return next
    },
    onBlank(id) {
      const entry = entryOf(id)
      entry.blank ??= intern(withoutInk(entry.style))
      return entry.blank
    },
    get size() {
      return entries.length
    },
  }
}

interface Entry {
  readonly style: CellStyle
  readonly sgr: string
  readonly after: Map<string, number>
  blank: number | undefined
}

const PLAIN: CellStyle = { fg: DEFAULT_COLOUR, bg: DEFAULT_COLOUR, flags: 0, link: '' }
const PLAIN_ENTRY: Entry = { style: PLAIN, sgr: '\x1b[m', after: new Map(), blank: PLAIN_STYLE }

const FLAG_CODES: readonly (readonly [flag: number, code: number])[] = [
  [FLAGS.bold, 1],
  [FLAGS.dim, 2],
  [FLAGS.italic, 3],
  [FLAGS.underline, 4],
  [FLAGS.inverse, 7],
  [FLAGS.strike, 9],
]

function sgrOf(style: CellStyle, colours: Colours): string {
  const parameters = [
    ...FLAG_CODES.filter(([flag]) => style.flags & flag).map(([, code]) => String(code)),
    colourParameters(style.fg, 'fg', colours),
    colourParameters(style.bg, 'bg', colours),
  ].filter((parameter) => parameter !== '')
  return parameters.length === 0 ? '\x1b[m' : `\x1b[0;${parameters.join(';')}m`
}

const SHOWN_ON_BLANK = FLAGS.underline | FLAGS.inverse | FLAGS.strike

function withoutInk(style: CellStyle): CellStyle {
  const flags = style.flags & SHOWN_ON_BLANK
  return flags === 0 ? { ...style, fg: DEFAULT_COLOUR, flags } : style
}

function applySgr(style: CellStyle, parameters: string): CellStyle {
  let { fg, bg, flags } = style
  const codes = parameters.split(';')
  for (let index = 0; index < codes.length; index++) {
    const written = codes[index] ?? ''
    const code = Number.parseInt(written, 10) || 0
    if (code === 38 || code === 48) {
      const { colour, taken } = extendedColour(written, codes, index)
      index += taken
      if (colour === null) continue
      if (code === 38) fg = colour
      else bg = colour
      continue
    }
    if (code === 0) {
      fg = DEFAULT_COLOUR
      bg = DEFAULT_COLOUR
      flags = 0
    } else if (code < 30) flags = applyFlag(flags, code, written)
    else if (code < 40 || (code >= 90 && code < 98)) fg = basicColour(code, 30, fg)
    else if (code < 50 || (code >= 100 && code < 108)) bg = basicColour(code, 40, bg)
  }
  return { fg, bg, flags, link: style.link }
}

function applyFlag(flags: number, code: number, written: string): number {
  if (written === '4:0') return flags & ~FLAGS.underline
  if (code === 22) return flags & ~(FLAGS.bold | FLAGS.dim)
  for (const [flag, on] of FLAG_CODES) {
    if (code === on) return flags | flag
    if (code === on + 20) return flags & ~flag
  }
  return code === 21 ? flags | FLAGS.underline : flags
}

function basicColour(code: number, base: number, before: Colour): Colour {
  const colour = code - base
  if (colour >= 0 && colour < 8) return colour
  if (colour === 9) return DEFAULT_COLOUR
  return colour >= 60 && colour < 68 ? colour - 52 : before
}

// `38;5;n` and `38;2;r;g;b`, or all in one parameter with colons (`38:2::r:g:b`).
function extendedColour(
  written: string,
  codes: readonly string[],
  index: number,
): { colour: Colour | null; taken: number } {
  const isJoined = written.includes(':')
  const parts = (isJoined ? written.split(':').slice(1) : codes.slice(index + 1)).map(Number)
  if (parts[0] === 5) {
    const colour = parts[1] !== undefined && parts[1] >= 0 && parts[1] < 256 ? parts[1] : null
    return { colour, taken: isJoined ? 0 : 2 }
  }
  // What the rest means only the kind could tell.
  if (parts[0] !== 2) return { colour: null, taken: isJoined ? 0 : codes.length }
  const [red = 0, green = 0, blue = 0] =
    isJoined && parts.length > 4 ? parts.slice(2) : parts.slice(1)
  return { colour: rgb(red, green, blue), taken: isJoined ? 0 : 4 }
}

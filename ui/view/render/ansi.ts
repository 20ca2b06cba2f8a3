/**
 * The one place where SGR text is read: what marked-terminal and cli-highlight return. They are handed painters (`ansiPainter`)
 * that mark text with the sequences of a style, and `parseAnsi` makes spans of what comes back.
 */
import { type Row, type Span, styled } from './row.ts'
import { type Color, DEFAULT_COLOR, isRgb, PLAIN_STYLE, rgb, type Style, styleOf } from './style.ts'

export type AnsiPainter = (text: string) => string

/** Marks text with a style: SGR on, the text, SGR off. This style is resumed where a nested style ends. */
export function ansiPainter(style: Style): AnsiPainter {
  const groups = groupsOf(style)
  const on = groups.map((group) => group.on).join('')
  const off = groups.map((group) => group.off).join('')
  return (text) => {
    if (text === '' || on === '') return text
    let inner = text
    if (text.includes('\x1b'))
      for (const group of groups) inner = inner.replaceAll(group.off, group.off + group.on)
    return on + inner + off
  }
}

/** Marks text as a link. */
export function ansiLink(target: string, text: string): string {
  return `\x1b]8;;${target}\x1b\\${text}\x1b]8;;\x1b\\`
}

/** Text with SGR and links (OSC 8) as spans; all other control characters except line breaks and tabs are dropped. */
export function parseAnsi(text: string): Row {
  const spans: Span[] = []
  let style = PLAIN_STYLE
  let from = 0
  const add = (part: string): void => {
    if (part !== '') spans.push({ text: part, style })
  }
  if (!CONTROL.test(text)) return text === '' ? spans : [{ text, style }]
  for (const match of text.matchAll(SEQUENCE)) {
    add(text.slice(from, match.index))
    from = match.index + match[0].length
    const [, parameters, target] = match
    if (parameters !== undefined) style = afterSgr(style, parameters)
    else if (target !== undefined) style = styleOf({ ...style, link: target })
  }
  add(text.slice(from))
  return styled(PLAIN_STYLE, spans)
}

const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/
const SEQUENCE =
  /\x1b\[([\d;]*)m|\x1b\]8;[^;\x07\x1b]*;([^\x07\x1b]*)(?:\x1b\\|\x07)|[\x00-\x08\x0b-\x1f\x7f-\x9f]/g

/** Traits that one code turns off. */
interface SgrGroup {
  readonly on: string
  readonly off: string
}

const FLAG_CODES = [
  ['bold', 1],
  ['dim', 2],
  ['italic', 3],
  ['underline', 4],
  ['inverse', 7],
  ['strike', 9],
] as const

function groupsOf(style: Style): readonly SgrGroup[] {
  const weight = (style.bold ? '\x1b[1m' : '') + (style.dim ? '\x1b[2m' : '')
  const groups: readonly SgrGroup[] = [
    { on: colorSequence(style.fg, 30), off: '\x1b[39m' },
    { on: colorSequence(style.bg, 40), off: '\x1b[49m' },
    { on: weight, off: '\x1b[22m' },
    ...FLAG_CODES.slice(2).map(([flag, code]) => ({
      on: style[flag] ? `\x1b[${code}m` : '',
      off: `\x1b[${code + 20}m`,
    })),
  ]
  return groups.filter(({ on }) => on !== '')
}

function colorSequence(color: Color, base: 30 | 40): string {
  if (color === DEFAULT_COLOR) return ''
  if (!isRgb(color)) return `\x1b[${base + 8};5;${color}m`
  return `\x1b[${base + 8};2;${(color >> 16) & 255};${(color >> 8) & 255};${color & 255}m`
}

function afterSgr(style: Style, parameters: string): Style {
  const codes = parameters.split(';').map(Number)
  let next: Style = style
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index] ?? 0
    if (code === 38 || code === 48) {
      const { color, taken } = extendedColor(codes, index + 1)
      index += taken
      if (color !== null) next = { ...next, [code === 38 ? 'fg' : 'bg']: color }
    } else next = code === 0 ? { ...PLAIN_STYLE, link: style.link } : afterCode(next, code)
  }
  return styleOf(next)
}

function afterCode(style: Style, code: number): Style {
  if (code === 22) return { ...style, bold: false, dim: false }
  for (const [flag, on] of FLAG_CODES) {
    if (code === on) return { ...style, [flag]: true }
    if (code === on + 20 && code > 22) return { ...style, [flag]: false }
  }
  const [plane, base] = code < 40 || (code >= 90 && code < 98) ? ['fg', 30] : ['bg', 40]
  const color = basicColor(code - base)
  return color === null ? style : { ...style, [plane]: color }
}

/** A color by its code minus that of black; bright colors are 60 higher. */
function basicColor(code: number): Color | null {
  if (code >= 0 && code < 8) return code
  if (code === 9) return DEFAULT_COLOR
  return code >= 60 && code < 68 ? code - 52 : null
}

/** `5;n` or `2;r;g;b`, and how many codes it takes; what follows another kind cannot be distinguished from it. */
function extendedColor(
  codes: readonly number[],
  from: number,
): { readonly color: Color | null; readonly taken: number } {
  const [kind, first = 0, second = 0, third = 0] = codes.slice(from)
  if (kind === 5) return { color: first >= 0 && first < 256 ? first : null, taken: 2 }
  if (kind === 2) return { color: rgb(first, second, third), taken: 4 }
  return { color: null, taken: codes.length }
}

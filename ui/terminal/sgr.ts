import type { Style } from '../view/render/style.ts'
import { type Colors, colorParameters } from './colors.ts'

/** Returns a function from a style to the SGR sequence that sets it, regardless of the previous style. */
export function createSgr(colors: Colors): (style: Style) => string {
  // The keys are weak: a sequence is freed together with its style.
  const sequences = new WeakMap<Style, string>()
  return (style) => {
    const known = sequences.get(style)
    if (known !== undefined) return known
    const sequence = sgrOf(style, colors)
    sequences.set(style, sequence)
    return sequence
  }
}

const FLAG_CODES = [
  ['bold', '1'],
  ['dim', '2'],
  ['italic', '3'],
  ['underline', '4'],
  ['inverse', '7'],
  ['strike', '9'],
] as const

function sgrOf(style: Style, colors: Colors): string {
  const [text, ground] = [
    colorParameters(style.fg, 'fg', colors),
    colorParameters(style.bg, 'bg', colors),
  ]
  // Of sixteen colors, the muted text and the selected row of a theme can be the same: the text is then in the terminal's color.
  const isHidden = colors === '16' && text !== '' && Number(text) + 10 === Number(ground)
  const parameters = [
    ...FLAG_CODES.flatMap(([flag, code]) => (style[flag] ? [code] : [])),
    isHidden ? '' : text,
    ground,
  ].filter((parameter) => parameter !== '')
  return parameters.length === 0 ? '\x1b[m' : `\x1b[0;${parameters.join(';')}m`
}

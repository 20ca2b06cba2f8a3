import { type Color, DEFAULT_COLOR, isRgb } from '../view/render/style.ts'

/** How many colors the terminal supports. */
export type Colors = 'truecolor' | '256' | '16' | 'none'

export function detectColors(environment: Readonly<Record<string, string | undefined>>): Colors {
  const term = environment['TERM'] ?? ''
  if (environment['NO_COLOR'] || NO_COLOR_TERMS.test(term)) return 'none'
  const forced = FORCED[environment['FORCE_COLOR'] ?? '']
  if (forced !== undefined) return forced
  const program = environment['TERM_PROGRAM'] ?? ''
  if (TRUECOLOR.test(environment['COLORTERM'] ?? '') || environment['WT_SESSION'])
    return 'truecolor'
  if (TRUECOLOR_TERMS.test(term) || TRUECOLOR_PROGRAMS.test(program)) return 'truecolor'
  return term.includes('256') || program === 'Apple_Terminal' ? '256' : '16'
}

/** The SGR parameters of the closest color that the terminal supports; '' for the default color. */
export function colorParameters(color: Color, plane: 'fg' | 'bg', colors: Colors): string {
  if (color === DEFAULT_COLOR || colors === 'none') return ''
  const base = plane === 'fg' ? 30 : 40
  if (isRgb(color) && colors === 'truecolor') {
    return `${base + 8};2;${(color >> 16) & 255};${(color >> 8) & 255};${color & 255}`
  }
  const isReduced = colors === '16' && (isRgb(color) || color >= 16)
  const index = isRgb(color) && !isReduced ? nearestOf256(color) : color
  if (index >= 16 && !isReduced) return `${base + 8};5;${index}`
  const basic = isReduced ? basicColor(componentsOf(color)) : index
  return String(basic < 8 ? base + basic : base + 52 + basic)
}

const NO_COLOR_TERMS = /^(dumb|vt\d+)/
const TRUECOLOR = /truecolor|24bit/
const TRUECOLOR_TERMS = /-direct$|kitty|alacritty|ghostty|wezterm|^foot|contour/
const TRUECOLOR_PROGRAMS = /^(iTerm\.app|WezTerm|vscode|ghostty|rio)$/
const FORCED: Readonly<Record<string, Colors>> = {
  '0': 'none',
  '1': '16',
  '2': '256',
  '3': 'truecolor',
}

type Components = readonly [red: number, green: number, blue: number]

const LEVELS = [0, 95, 135, 175, 215, 255]

// xterm's defaults. A user's palette may differ; the palette is then what the user chose to see.
const BASIC: readonly Components[] = [
  [0, 0, 0],
  [205, 0, 0],
  [0, 205, 0],
  [205, 205, 0],
  [0, 0, 238],
  [205, 0, 205],
  [0, 205, 205],
  [229, 229, 229],
  [127, 127, 127],
  [255, 0, 0],
  [0, 255, 0],
  [255, 255, 0],
  [92, 92, 255],
  [255, 0, 255],
  [0, 255, 255],
  [255, 255, 255],
]

function nearestOf256(color: Color): number {
  const wanted: Components = [(color >> 16) & 255, (color >> 8) & 255, color & 255]
  const [red, green, blue] = wanted.map(nearestLevel)
  const cube = 16 + 36 * (red ?? 0) + 6 * (green ?? 0) + (blue ?? 0)
  const mean = (wanted[0] + wanted[1] + wanted[2]) / 3
  const grey = 232 + Math.max(0, Math.min(23, Math.round((mean - 8) / 10)))
  const isGreyNearer =
    distance(wanted, componentsOf256(grey)) < distance(wanted, componentsOf256(cube))
  return isGreyNearer ? grey : cube
}

function componentsOf(color: Color): Components {
  if (!isRgb(color)) return componentsOf256(color)
  return [(color >> 16) & 255, (color >> 8) & 255, color & 255]
}

/**
 * The basic color of the same hue: the nearest one by distance is grey for every soft color. Grey and very dark colors by their
 * brightness.
 */
function basicColor(components: Components): number {
  const [red, green, blue] = components
  const [most, least] = [Math.max(...components), Math.min(...components)]
  const brightness = 0.3 * red + 0.59 * green + 0.11 * blue
  if (most - least < 32)
    return brightness < 50 ? 0 : brightness < 150 ? 8 : brightness < 225 ? 7 : 15
  const middle = (most + least) / 2
  const hue = (red > middle ? 1 : 0) + (green > middle ? 2 : 0) + (blue > middle ? 4 : 0)
  return brightness > 110 || most > 230 ? hue + 8 : hue
}

function nearestLevel(component: number): number {
  const distances = LEVELS.map((level) => Math.abs(level - component))
  return distances.indexOf(Math.min(...distances))
}

function componentsOf256(index: number): Components {
  const basic = BASIC[index]
  if (basic !== undefined) return basic
  if (index >= 232) {
    const grey = 8 + 10 * (index - 232)
    return [grey, grey, grey]
  }
  const cube = index - 16
  const level = (at: number): number => LEVELS[at % 6] ?? 0
  return [level(Math.floor(cube / 36)), level(Math.floor(cube / 6)), level(cube)]
}

function distance(left: Components, right: Components): number {
  return (left[0] - right[0]) ** 2 + (left[1] - right[1]) ** 2 + (left[2] - right[2]) ** 2
}

import type * as z from 'zod'
import {
  missingStyles,
  styleInvalid,
  unknownColor,
  unknownStyle,
} from '../messages/config-files.ts'
import type { Colors } from '../terminal/colors.ts'
import { type Color, DEFAULT_COLOR, rgb, styleOf } from '../view/render/style.ts'
import { inheritedLayers, issuesOf } from './inheritance.ts'
import { STYLE_NAMES, type StyleName, type Styles, styleSchema } from './styles.ts'
import { themeSchema } from './theme-file.ts'

/** The style of a role as it is written in a theme file. */
export type StyleRule = z.infer<typeof styleSchema>

export interface Theme {
  readonly name: string
  /** Colors are `#rrggbb` or one of the sixteen names; `default` is left out. */
  readonly styles: Readonly<Record<StyleName, StyleRule>>
  /** The same for terminals with 16 colors. */
  readonly basicStyles: Readonly<Record<StyleName, StyleRule>>
  /** What is wrong with the file. All that is valid is used. */
  readonly problems: readonly string[]
}

/** Reads a theme file's JSON. `lookup` gives the JSON of the other theme files. */
export function parseTheme(json: unknown, name: string, lookup: (name: string) => unknown): Theme {
  const problems: string[] = []
  const read = (wanted: string): unknown => (wanted === name ? json : lookup(wanted))
  const layers = inheritedLayers('themes', themeSchema, name, read, problems)
  const vars = Object.assign({}, ...layers.map(({ content }) => content.vars).reverse())
  const basic = Object.assign({}, ...layers.map(({ content }) => content.basicColors).reverse())
  const styles: Partial<Record<StyleName, StyleRule>> = {}
  const basicStyles: Partial<Record<StyleName, StyleRule>> = {}
  for (const { name: theme, content } of layers.toReversed())
    for (const [role, style] of Object.entries(content.styles)) {
      if (!isStyleName(role)) {
        problems.push(unknownStyle(theme, role, STYLE_NAMES))
        continue
      }
      const parsed = readStyle(style, { vars, problems, theme, role })
      if (parsed === null) continue
      styles[role] = parsed
      const place = { vars, basicColors: basic, problems: [], theme, role }
      basicStyles[role] = readStyle(style, place) ?? parsed
    }
  const missing = STYLE_NAMES.filter((role) => styles[role] === undefined)
  if (missing.length > 0) problems.push(missingStyles(name, missing))
  return {
    name,
    styles: everyStyle((role) => styles[role] ?? {}),
    basicStyles: everyStyle((role) => basicStyles[role] ?? {}),
    problems,
  }
}

/**
 * The style of each role. Colors are in full; the screen reduces them to what the terminal has. With `none` (NO_COLOR) only
 * bold, dim, underline and inverse are used, and roles that live by color alone get one of these.
 */
export function makeStyles(theme: Theme, colors: Colors): Styles {
  return everyStyle((role) => {
    const rule = (colors === '16' ? theme.basicStyles : theme.styles)[role]
    const { fg, bg, ...flags } = colors === 'none' ? withoutColor(role, rule) : rule
    const on = Object.entries(flags).filter(([, isOn]) => isOn)
    const solid = colors === '16' && fg !== undefined && bg !== undefined
    return styleOf({ ...Object.fromEntries(on), fg: colorOf(fg), bg: colorOf(bg), solid })
  })
}

const COLOR_NAMES = [
  'black',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
  'brightBlack',
  'brightRed',
  'brightGreen',
  'brightYellow',
  'brightBlue',
  'brightMagenta',
  'brightCyan',
  'brightWhite',
] as const

/** In place of a basic color. */
const DIM = 'dim'

/** Where a style is in the files, and what its colors may be called. */
interface StylePlace {
  readonly vars: Readonly<Record<string, string>>
  /** For terminals with 16 colors, in place of the variables of the same names. */
  readonly basicColors?: Readonly<Record<string, string>>
  readonly problems: string[]
  readonly theme: string
  readonly role: StyleName
}

function readStyle(json: unknown, place: StylePlace): StyleRule | null {
  const read = styleSchema.safeParse(json)
  if (!read.success) {
    place.problems.push(styleInvalid(place.theme, place.role, issuesOf(read.error, json)))
    return null
  }
  const { fg, bg, ...rest } = read.data
  return { ...rest, ...color('fg', fg, place), ...color('bg', bg, place) }
}

function color(key: 'fg' | 'bg', named: string | undefined, place: StylePlace): StyleRule {
  if (named === undefined) return {}
  let value = named
  for (let depth = 0; depth < 8; depth++) {
    const basic = place.basicColors?.[value]
    if (basic !== undefined) {
      // This is the name of a color, which may also be that of a variable.
      value = basic
      break
    }
    value = place.vars[value] ?? value
  }
  if (value === 'default') return {}
  // The terminal's own color, weaker: no basic color is readable and not that of text in each palette.
  if (value === DIM && place.basicColors !== undefined) return key === 'fg' ? { dim: true } : {}
  if (/^#[\da-f]{6}$/i.test(value) || isColorName(value)) return { [key]: value }
  const known = [...Object.keys(place.vars), ...COLOR_NAMES, 'default']
  place.problems.push(unknownColor(place.theme, place.role, named, known))
  return {}
}

function everyStyle<Value>(make: (role: StyleName) => Value): Readonly<Record<StyleName, Value>> {
  const entries = STYLE_NAMES.map((role) => [role, make(role)] as const)
  return Object.fromEntries(entries) as Record<StyleName, Value>
}

function isStyleName(name: string): name is StyleName {
  return STYLE_NAMES.some((known) => known === name)
}

function isColorName(name: string): boolean {
  return COLOR_NAMES.some((known) => known === name)
}

// Roles that differ only by their color: the focus, the selection, errors.
const WITHOUT_COLOR: Partial<Record<StyleName, StyleRule>> = {
  accent: { bold: true },
  title: { bold: true },
  // Also what is below a dialog.
  border: { dim: true },
  borderFocused: { bold: true },
  selection: { inverse: true },
  caret: { inverse: true },
  user: { bold: true },
  toolFailed: { bold: true },
  badge: { inverse: true },
  warning: { bold: true },
  error: { bold: true },
  heading: { bold: true },
  strong: { bold: true },
  emphasis: { underline: true },
  link: { underline: true },
  diffAddedWord: { underline: true },
  diffRemovedWord: { underline: true },
  diffHunk: { bold: true },
  modeBypass: { inverse: true },
  gaugeFull: { bold: true },
}

function withoutColor(role: StyleName, style: StyleRule): StyleRule {
  const { bold, underline, inverse } = { ...style, ...WITHOUT_COLOR[role] }
  const { dim } = WITHOUT_COLOR[role] ?? {}
  return {
    ...(bold === undefined ? {} : { bold }),
    ...(underline === undefined ? {} : { underline }),
    ...(inverse === undefined ? {} : { inverse }),
    ...(dim === undefined ? {} : { dim }),
  }
}

function colorOf(value: string | undefined): Color {
  if (value === undefined) return DEFAULT_COLOR
  const index = COLOR_NAMES.map(String).indexOf(value)
  if (index >= 0) return index
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    Number.parseInt(value.slice(at, at + 2), 16),
  )
  return rgb(red, green, blue)
}

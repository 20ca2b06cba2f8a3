import * as z from 'zod'
import { withSuggestion } from '../../lib/util/did-you-mean.ts'
import { type Group, OFF } from '../view/render/sgr.ts'
import { STYLE_NAMES, type StyleName, type Styles, styleSchema } from './styles.ts'

export type Style = z.infer<typeof styleSchema>

export interface Theme {
  readonly name: string
  /** Colours are `#rrggbb` or one of the sixteen names; `default` is left out. */
  readonly styles: Readonly<Record<StyleName, Style>>
  /** What was wrong with the file; all else of it works. */
  readonly problems: readonly string[]
}

export type Colours = 'truecolor' | '256' | '16' | 'none'

/** Reads a theme file's JSON. `lookup` gives the JSON of the theme it inherits from. */
export function parseTheme(json: unknown, name: string, lookup: (name: string) => unknown): Theme {
  const problems: string[] = []
  const layers = layersOf(json, name, lookup, problems)
  const vars = Object.assign({}, ...layers.map((layer) => layer.vars).reverse())
  const styles: Partial<Record<StyleName, Style>> = {}
  for (const layer of layers.toReversed())
    for (const [role, style] of Object.entries(layer.styles)) {
      if (!isStyleName(role)) {
        problems.push(didYouMean(`${layer.name}: "${role}" is no style.`, role, STYLE_NAMES))
        continue
      }
      const read = readStyle(style, { vars, problems, at: `${layer.name}: ${role}` })
      if (read !== null) styles[role] = read
    }
  const missing = STYLE_NAMES.filter((role) => styles[role] === undefined)
  if (missing.length > 0) problems.push(`${name}: no style for ${missing.join(', ')}`)
  return { name, styles: everyStyle((role) => styles[role] ?? {}), problems }
}

/**
 * Painters for each role. Colours are always sent in full; the screen reduces them to what the terminal has. With
 * `none` (NO_COLOR) only bold, underline and inverse are used, and roles that live by colour alone get one of these.
 */
export function makeStyles(theme: Theme, colours: Colours): Styles {
  return everyStyle((role) => {
    const style = theme.styles[role]
    return painter(colours === 'none' ? withoutColour(role, style) : style)
  })
}

const COLOUR_NAMES = [
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

const themeSchema = z.object({
  name: z.string().optional(),
  inherits: z.string().optional(),
  vars: z.record(z.string(), z.string()).default({}),
  styles: z.record(z.string(), z.unknown()).default({}),
})

interface Layer {
  readonly name: string
  readonly vars: Readonly<Record<string, string>>
  readonly styles: Readonly<Record<string, unknown>>
}

/** The theme itself first, then what it inherits from. */
function layersOf(
  json: unknown,
  name: string,
  lookup: (name: string) => unknown,
  problems: string[],
): readonly Layer[] {
  const layers: Layer[] = []
  const seen = new Set<string>()
  let next: string | undefined = name
  let source = json
  while (next !== undefined) {
    const current: string = next
    seen.add(current)
    const read = themeSchema.safeParse(source)
    if (!read.success) {
      problems.push(`${current}: ${issuesOf(read.error)}`)
      break
    }
    layers.push({ name: current, vars: read.data.vars, styles: read.data.styles })
    next = read.data.inherits
    if (next === undefined) break
    source = seen.has(next) ? undefined : lookup(next)
    if (source === undefined) {
      const why = seen.has(next) ? 'inherits from itself' : 'is not there'
      problems.push(`${current}: the theme "${next}" that it inherits from ${why}`)
      break
    }
  }
  return layers
}

interface Reading {
  readonly vars: Readonly<Record<string, string>>
  readonly problems: string[]
  readonly at: string
}

function readStyle(json: unknown, reading: Reading): Style | null {
  const read = styleSchema.safeParse(json)
  if (!read.success) {
    reading.problems.push(`${reading.at}: ${issuesOf(read.error)}`)
    return null
  }
  const { fg, bg, ...rest } = read.data
  return { ...rest, ...colour('fg', fg, reading), ...colour('bg', bg, reading) }
}

function colour(key: 'fg' | 'bg', named: string | undefined, reading: Reading): Style {
  if (named === undefined) return {}
  let value = named
  for (let depth = 0; depth < 8; depth++) value = reading.vars[value] ?? value
  if (value === 'default') return {}
  if (/^#[\da-f]{6}$/i.test(value) || isColourName(value)) return { [key]: value }
  const known = [...Object.keys(reading.vars), ...COLOUR_NAMES, 'default']
  reading.problems.push(didYouMean(`${reading.at}: "${named}" is no colour.`, named, known))
  return {}
}

function issuesOf(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; ')
}

function everyStyle<Value>(make: (role: StyleName) => Value): Readonly<Record<StyleName, Value>> {
  const entries = STYLE_NAMES.map((role) => [role, make(role)] as const)
  return Object.fromEntries(entries) as Record<StyleName, Value>
}

function isStyleName(name: string): name is StyleName {
  return STYLE_NAMES.some((known) => known === name)
}

function isColourName(name: string): boolean {
  return COLOUR_NAMES.some((known) => known === name)
}

// What colour alone would say: where one is, what is chosen, what is wrong.
const WITHOUT_COLOUR: Partial<Record<StyleName, Style>> = {
  accent: { bold: true },
  title: { bold: true },
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

function withoutColour(role: StyleName, style: Style): Style {
  const { bold, underline, inverse } = { ...style, ...WITHOUT_COLOUR[role] }
  return {
    ...(bold === undefined ? {} : { bold }),
    ...(underline === undefined ? {} : { underline }),
    ...(inverse === undefined ? {} : { inverse }),
  }
}

function painter(style: Style): (text: string) => string {
  const groups = Object.entries(sequencesOf(style)) as [Group, string][]
  const on = groups.map(([, sequence]) => sequence).join('')
  const off = groups.map(([group]) => OFF[group]).join('')
  return (text) => {
    if (text === '' || on === '') return text
    let inner = text
    // Where an inner style ends, ours goes on.
    if (text.includes('\x1b'))
      for (const [group, sequence] of groups)
        inner = inner.replaceAll(OFF[group], OFF[group] + sequence)
    return on + inner + off
  }
}

function sequencesOf(style: Style): Partial<Record<Group, string>> {
  const weight = (style.bold ? '\x1b[1m' : '') + (style.dim ? '\x1b[2m' : '')
  return {
    ...(style.fg === undefined ? {} : { fg: colourSequence(style.fg, 'fg') }),
    ...(style.bg === undefined ? {} : { bg: colourSequence(style.bg, 'bg') }),
    ...(weight === '' ? {} : { weight }),
    ...(style.italic ? { italic: '\x1b[3m' } : {}),
    ...(style.underline ? { underline: '\x1b[4m' } : {}),
    ...(style.inverse ? { inverse: '\x1b[7m' } : {}),
    ...(style.strike ? { strike: '\x1b[9m' } : {}),
  }
}

function colourSequence(value: string, ground: 'fg' | 'bg'): string {
  const index = COLOUR_NAMES.map(String).indexOf(value)
  if (index >= 0)
    return `\x1b[${(index < 8 ? 30 + index : 82 + index) + (ground === 'bg' ? 10 : 0)}m`
  const rgb = [1, 3, 5].map((at) => Number.parseInt(value.slice(at, at + 2), 16))
  return `\x1b[${ground === 'fg' ? 38 : 48};2;${rgb.join(';')}m`
}

function didYouMean(sentence: string, name: string, known: readonly string[]): string {
  return withSuggestion(sentence, name, known, (match) => `"${match}"`)
}

import { createBoundedCache } from './bounded-cache.ts'

/** A color in one number: -1 the terminal's default, 0–255 its palette, else `rgb(…)`. */
export type Color = number

export const DEFAULT_COLOR: Color = -1
const RGB = 0x1000000

export function rgb(red: number, green: number, blue: number): Color {
  return RGB | ((red & 255) << 16) | ((green & 255) << 8) | (blue & 255)
}

export function isRgb(color: Color): boolean {
  return color >= RGB
}

/**
 * How text looks. Styles are interned: equal styles are one object, so they are compared by identity. There is no blinking and
 * no concealed text, as both hide text from the user.
 */
export interface Style {
  readonly fg: Color
  readonly bg: Color
  readonly bold: boolean
  readonly dim: boolean
  readonly italic: boolean
  readonly underline: boolean
  readonly inverse: boolean
  readonly strike: boolean
  /** What it is combined with has its color, too: of sixteen colors, few are readable on the ground of another. */
  readonly solid: boolean
  /** Target of a link, '' for none. */
  readonly link: string
}

const NO_TRAITS: Style = {
  fg: DEFAULT_COLOR,
  bg: DEFAULT_COLOR,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  inverse: false,
  strike: false,
  solid: false,
  link: '',
}

export const PLAIN_STYLE: Style = NO_TRAITS

/** Enough for the combinations of the roles of themes. */
const interned = new Map<string, Style>()

/** Links come from untrusted text, so their number is bounded. An evicted style is recreated as another object: one repaint. */
const MAX_LINKED_STYLES = 4096
const linked = createBoundedCache<string, Style>(MAX_LINKED_STYLES)

/** The interned style with these traits; omitted traits are off. */
export function styleOf(traits: Partial<Style>): Style {
  const style = { ...NO_TRAITS, ...traits }
  const key = keyOf(style)
  if (key === PLAIN_KEY) return PLAIN_STYLE
  const table = style.link === '' ? interned : linked
  const known = table.get(key)
  if (known !== undefined) return known
  table.set(key, style)
  return style
}

const FLAGS = ['bold', 'dim', 'italic', 'underline', 'inverse', 'strike', 'solid'] as const

function keyOf(style: Style): string {
  let flags = 0
  for (const flag of FLAGS) flags = flags * 2 + (style[flag] ? 1 : 0)
  return `${style.fg},${style.bg},${flags},${style.link}`
}

const PLAIN_KEY = keyOf(PLAIN_STYLE)

// The keys are weak: the value is freed together with the two styles.
const combinations = new WeakMap<Style, WeakMap<Style, Style>>()

/** `inner` inside `outer`: the colors and link of `inner` where it has them, and the flags of both. */
export function combine(outer: Style, inner: Style): Style {
  if (outer === PLAIN_STYLE || outer === inner) return inner
  if (inner === PLAIN_STYLE) return outer
  const within = combinations.get(outer) ?? new WeakMap<Style, Style>()
  combinations.set(outer, within)
  const known = within.get(inner)
  if (known !== undefined) return known
  const ground = [inner, outer].find(({ solid }) => solid)
  const combined = styleOf({
    fg: ground?.fg ?? (inner.fg === DEFAULT_COLOR ? outer.fg : inner.fg),
    bg: inner.bg === DEFAULT_COLOR ? outer.bg : inner.bg,
    bold: inner.bold || outer.bold,
    dim: ground?.dim ?? (inner.dim || outer.dim),
    italic: inner.italic || outer.italic,
    underline: inner.underline || outer.underline,
    inverse: inner.inverse || outer.inverse,
    strike: inner.strike || outer.strike,
    solid: ground !== undefined,
    link: inner.link === '' ? outer.link : inner.link,
  })
  within.set(inner, combined)
  return combined
}

// The keys are weak: the value is freed together with its style.
const onBlanks = new WeakMap<Style, Style>()

/** The style of a blank, with only the traits that show on a blank. */
export function blankStyle(style: Style): Style {
  if (style === PLAIN_STYLE) return style
  const known = onBlanks.get(style)
  if (known !== undefined) return known
  const hasInk = style.underline || style.inverse || style.strike
  const ink = hasInk ? style.fg : DEFAULT_COLOR
  const plain = { bold: false, dim: false, italic: false, solid: false }
  const blank = styleOf({ ...style, fg: ink, ...plain })
  onBlanks.set(style, blank)
  return blank
}

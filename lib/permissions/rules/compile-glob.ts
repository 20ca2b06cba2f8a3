interface GlobOptions {
  /** `[id]` matches the name `[id]` besides `i` and `d`: web frameworks have directories with such names. */
  readonly bracketsAsWritten: boolean
}

/**
 * Compiles a pattern for paths: `*` and `?` match within one segment, `**` any number of segments, `[a-z]`, `[!a]` and
 * `{a,b}` as usual, and a backslash escapes. Names that begin with a dot are matched like others. Matching takes time
 * proportional to pattern and path, because both can come from an attacker. Null when the braces make too many patterns.
 */
export function compileGlob(
  pattern: string,
  { bracketsAsWritten }: GlobOptions = { bracketsAsWritten: false },
): ((path: string) => boolean) | null {
  if (pattern.length > MAX_PATTERN_CHARACTERS) return null
  const patterns = expandBraces(pattern)
  if (patterns === null) return null
  const compilePart = bracketsAsWritten ? compileSpellings : compileOne
  const compiled = patterns.map((one) => one.split('/').map(compilePart))
  return (path) => {
    const parts = path.split('/')
    return compiled.some((patterns) => matchAll(patterns, parts, matchesPart))
  }
}

/** A name as a pattern that matches only itself. */
export function escapeGlob(name: string): string {
  return name.replace(/[*?[\]{}()|!+@\\]/g, '\\$&')
}

/** The name that a pattern without wildcards matches. */
export function unescapeGlob(pattern: string): string {
  return pattern.replace(/\\(.)/gs, '$1')
}

const MAX_PATTERN_CHARACTERS = 4_096

/** One segment of a pattern: `**`, or the ways to read it. */
type PathPattern = typeof STAR | readonly SegmentPattern[]

/** A matcher for each character. */
type SegmentPattern = readonly CharacterPattern[]

type CharacterPattern = typeof STAR | ((letter: string) => boolean)

const STAR = '*'

function matchesPart(patterns: readonly SegmentPattern[], value: string): boolean {
  const letters = Array.from(value)
  return patterns.some((one) => matchAll(one, letters, (letter, own) => letter(own)))
}

/**
 * Compares element by element; a star takes as few as possible. When a later element does not match, only the last
 * star has to take more, because it can take everything that an earlier star could.
 */
function matchAll<Wanted, Given>(
  patterns: readonly (typeof STAR | Wanted)[],
  values: readonly Given[],
  matches: (patterns: Wanted, values: Given) => boolean,
): boolean {
  let at = 0
  let star = -1
  let taken = 0
  for (let own = 0; own < values.length; ) {
    const one = patterns[at]
    const next = values[own]
    if (one === STAR) {
      star = at++
      taken = own
    } else if (one !== undefined && next !== undefined && matches(one, next)) {
      at++
      own++
    } else if (star >= 0) {
      at = star + 1
      own = ++taken
    } else return false
  }
  return patterns.slice(at).every((one) => one === STAR)
}

function compileOne(part: string): PathPattern {
  return part === '**' ? STAR : [compileTokens(part.match(TOKEN) ?? [])]
}

/** Each set of characters of the segment also as it is written, in every combination while these are few. */
function compileSpellings(part: string): PathPattern {
  if (part === '**') return STAR
  const tokens: readonly string[] = part.match(TOKEN) ?? []
  const sets = tokens.flatMap((token, index) => (isSet(token) ? [index] : []))
  const choices = Array.from({ length: 2 ** Math.min(sets.length, MAX_COMBINED_SETS) })
  return choices.map((_, choice) =>
    compileTokens(
      tokens.flatMap((token, index) => {
        const bit = Math.min(sets.indexOf(index), MAX_COMBINED_SETS - 1)
        return bit >= 0 && (choice & (1 << bit)) !== 0 ? Array.from(token, asWritten) : [token]
      }),
    ),
  )
}

/** The sets of a segment after this many are all read in the same way. */
const MAX_COMBINED_SETS = 4

const asWritten = (letter: string): string => (letter === '\\' ? '' : `\\${letter}`)

function isSet(token: string): boolean {
  return token.startsWith('[') && token.length > 1
}

function compileTokens(tokens: readonly string[]): SegmentPattern {
  const letters: CharacterPattern[] = []
  for (const token of tokens) {
    if (token === '') continue
    if (token !== STAR) letters.push(compileCharacter(token))
    else if (letters.at(-1) !== STAR) letters.push(STAR)
  }
  return letters
}

/** An escaped character, a set of characters, or a character. */
const TOKEN = /\\[\s\S]|\[[!^]?\]?(?:\[:\w+:\]|\\[\s\S]|[^\]\\])*\]|[\s\S]/gu

function compileCharacter(token: string): (letter: string) => boolean {
  if (token === '?') return () => true
  if (isSet(token)) return compileSet(token.slice(1, -1))
  const own = token.length > 1 && token.startsWith('\\') ? token.slice(1) : token
  return (letter) => letter === own
}

function compileSet(body: string): (letter: string) => boolean {
  const isNegated = /^[!^]/.test(body)
  const tokens = (isNegated ? body.slice(1) : body).match(/\[:\w+:\]|\\[\s\S]|[\s\S]/gu) ?? []
  const members: ((letter: string) => boolean)[] = []
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] ?? ''
    const named = /^\[:(\w+):\]$/.exec(token)?.[1]
    const from = token.replace(/^\\(?=.)/s, '')
    const to = tokens[at + 2]?.replace(/^\\(?=.)/s, '')
    if (named !== undefined)
      members.push((letter) => CHARACTER_CLASSES.get(named)?.test(letter) ?? false)
    else if (tokens[at + 1] === '-' && to !== undefined) {
      members.push((letter) => letter >= from && letter <= to)
      at += 2
    } else members.push((letter) => letter === from)
  }
  return (letter) => members.some((member) => member(letter)) !== isNegated
}

const CHARACTER_CLASSES: ReadonlyMap<string, RegExp> = new Map([
  ['alpha', /\p{L}/u],
  ['digit', /\d/],
  ['alnum', /[\p{L}\p{N}]/u],
  ['upper', /\p{Lu}/u],
  ['lower', /\p{Ll}/u],
  ['space', /\s/],
  ['blank', /[ \t]/],
  ['punct', /[\p{P}\p{S}]/u],
  ['xdigit', /[\dA-Fa-f]/],
  ['word', /\w/],
])

/** Every pattern that the braces expand to; null when they are too many. Unclosed braces are plain characters. */
function expandBraces(pattern: string): readonly string[] | null {
  const open = findBraces(pattern)
  if (open === null) return [pattern]
  const { from, to, options } = open
  const tails = expandBraces(pattern.slice(to))
  if (tails === null) return null
  const all: string[] = []
  for (const option of options) {
    const middles = expandBraces(option)
    if (middles === null || all.length + middles.length * tails.length > MAX_EXPANSIONS) return null
    for (const middle of middles) {
      for (const tail of tails) all.push(pattern.slice(0, from) + middle + tail)
    }
  }
  return all
}

const MAX_EXPANSIONS = 512

interface BraceGroup {
  readonly from: number
  readonly to: number
  readonly options: readonly string[]
}

/** The first braces that contain alternatives. */
function findBraces(pattern: string): BraceGroup | null {
  const open: { from: number; commas: number[] }[] = []
  let found: BraceGroup | null = null
  for (let at = 0; at < pattern.length; at++) {
    const letter = pattern[at]
    if (letter === '\\') at++
    else if (letter === '{') open.push({ from: at, commas: [] })
    else if (letter === ',') open.at(-1)?.commas.push(at)
    else if (letter === '}') {
      const closed = open.pop()
      const options = closed === undefined ? null : optionsOf(pattern, closed, at)
      if (closed === undefined || options === null) continue
      // Inner braces close first, but the outer ones are expanded first.
      if (found === null || closed.from < found.from)
        found = { from: closed.from, to: at + 1, options }
      if (open.length === 0) return found
    }
  }
  return found
}

function optionsOf(
  pattern: string,
  { from, commas }: { readonly from: number; readonly commas: readonly number[] },
  to: number,
): readonly string[] | null {
  const cuts = [from, ...commas, to]
  if (commas.length > 0)
    return cuts.slice(1).map((cut, at) => pattern.slice((cuts[at] ?? 0) + 1, cut))
  const range = /^(\d{1,6})\.\.(\d{1,6})$/.exec(pattern.slice(from + 1, to))
  if (range === null) return null
  const [low, high] = [Number(range[1]), Number(range[2])].sort((one, other) => one - other)
  const size = Math.min((high ?? 0) - (low ?? 0) + 1, MAX_EXPANSIONS + 1)
  return Array.from({ length: size }, (_, at) => String((low ?? 0) + at))
}

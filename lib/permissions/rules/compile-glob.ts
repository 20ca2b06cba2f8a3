/**
 * Whether a pattern covers a path: `*` and `?` within one part of it, `**` for any number of parts, `[a-z]`, `[!a]`,
 * `{a,b}`, a backslash quotes. Files that begin with a dot are files. Takes time in proportion to pattern and path,
 * for both may come from somebody who means harm. Null when the pattern stands for too many.
 */
export function compileGlob(pattern: string): ((path: string) => boolean) | null {
  if (pattern.length > LONGEST) return null
  const patterns = expandBraces(pattern)
  if (patterns === null) return null
  const compiled = patterns.map((one) => one.split('/').map(compilePart))
  return (path) => {
    const parts = path.split('/').map((part) => Array.from(part))
    return compiled.some((wanted) => matchAll(wanted, parts, fitsPart))
  }
}

const LONGEST = 4_096

/** One part of a pattern: `**`, or what its letters must be. */
type Part = typeof STAR | readonly Letter[]

type Letter = typeof STAR | ((letter: string) => boolean)

const STAR = '*'

function fitsPart(wanted: readonly Letter[], given: readonly string[]): boolean {
  return matchAll(wanted, given, (letter, own) => letter(own))
}

/**
 * Compares one by one; a star takes as few as it can. When what follows fails, only the last star needs to take
 * more: whatever an earlier one could take, it can, too.
 */
function matchAll<Wanted, Given>(
  wanted: readonly (typeof STAR | Wanted)[],
  given: readonly Given[],
  fits: (wanted: Wanted, given: Given) => boolean,
): boolean {
  let at = 0
  let star = -1
  let taken = 0
  for (let own = 0; own < given.length; ) {
    const one = wanted[at]
    const next = given[own]
    if (one === STAR) {
      star = at++
      taken = own
    } else if (one !== undefined && next !== undefined && fits(one, next)) {
      at++
      own++
    } else if (star >= 0) {
      at = star + 1
      own = ++taken
    } else return false
  }
  return wanted.slice(at).every((one) => one === STAR)
}

function compilePart(part: string): Part {
  if (part === '**') return STAR
  const letters: Letter[] = []
  const tokens = part.match(TOKEN) ?? []
  for (const token of tokens) {
    if (token !== STAR) letters.push(compileLetter(token))
    else if (letters.at(-1) !== STAR) letters.push(STAR)
  }
  return letters
}

/** A quoted letter, a set of letters, or a letter. */
const TOKEN = /\\[\s\S]|\[[!^]?\]?(?:\[:\w+:\]|\\[\s\S]|[^\]\\])*\]|[\s\S]/gu

function compileLetter(token: string): (letter: string) => boolean {
  if (token === '?') return () => true
  if (token.startsWith('[') && token.length > 1) return compileSet(token.slice(1, -1))
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
    if (named !== undefined) members.push((letter) => NAMED.get(named)?.test(letter) ?? false)
    else if (tokens[at + 1] === '-' && to !== undefined) {
      members.push((letter) => letter >= from && letter <= to)
      at += 2
    } else members.push((letter) => letter === from)
  }
  return (letter) => members.some((member) => member(letter)) !== isNegated
}

const NAMED: ReadonlyMap<string, RegExp> = new Map([
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

/** Each pattern that the braces make; null when they are too many. Braces that don't close are letters. */
function expandBraces(pattern: string): readonly string[] | null {
  const open = findBraces(pattern)
  if (open === null) return [pattern]
  const { from, to, options } = open
  const tails = expandBraces(pattern.slice(to))
  if (tails === null) return null
  const all: string[] = []
  for (const option of options) {
    const middles = expandBraces(option)
    if (middles === null || all.length + middles.length * tails.length > MOST) return null
    for (const middle of middles) {
      for (const tail of tails) all.push(pattern.slice(0, from) + middle + tail)
    }
  }
  return all
}

const MOST = 512

interface Braces {
  readonly from: number
  readonly to: number
  readonly options: readonly string[]
}

/** The first braces that hold a choice. */
function findBraces(pattern: string): Braces | null {
  const open: { from: number; commas: number[] }[] = []
  let found: Braces | null = null
  for (let at = 0; at < pattern.length; at++) {
    const letter = pattern[at]
    if (letter === '\\') at++
    else if (letter === '{') open.push({ from: at, commas: [] })
    else if (letter === ',') open.at(-1)?.commas.push(at)
    else if (letter === '}') {
      const closed = open.pop()
      const options = closed === undefined ? null : optionsOf(pattern, closed, at)
      if (closed === undefined || options === null) continue
      // An inner choice closes first, the outer one wins.
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
  const size = Math.min((high ?? 0) - (low ?? 0) + 1, MOST + 1)
  return Array.from({ length: size }, (_, at) => String((low ?? 0) + at))
}

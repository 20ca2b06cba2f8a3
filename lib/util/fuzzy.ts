/** Where the letters of a query are in a text, and how well they fit: more is better. */
interface FuzzyMatch {
  readonly score: number
  /** Offsets in the text, in order. */
  readonly at: readonly number[]
}

const LETTER = 16
/** For a letter after the one before it. */
const NEXT = 12
/** For the first letter of a word, of the last part of a path, and of the text. */
const WORD = 10
const NAME = 6
const START = 4
const GAP = 3
const FURTHER_GAP = 1
const MAX_GAP = 12

/**
 * Whether the letters of the query are in the text in their order, in any case. Of several places, one that ends first is
 * taken, from the last possible beginning; and the last part of a path before the others. Null when a letter is missing.
 */
export function fuzzyMatch(text: string, query: string): FuzzyMatch | null {
  return fuzzyMatchLower(text, toLower(text), toLower(query))
}

/** The same for many texts, of which the letters in lower case are known (`toLower`). */
export function fuzzyMatchLower(text: string, lower: string, letters: string): FuzzyMatch | null {
  if (letters === '') return { score: 0, at: [] }
  const name = lower.lastIndexOf('/', lower.length - 2) + 1
  const inName = lower.indexOf(letters, name)
  if (inName >= 0) return scored(text, name, range(inName, letters.length))
  const exact = lower.indexOf(letters)
  if (exact >= 0) return scored(text, name, range(exact, letters.length))
  const inAll = shortest(lower, letters, 0)
  if (inAll === null) return null
  const match = scored(text, name, inAll)
  const last = name === 0 ? null : shortest(lower, letters, name)
  if (last === null) return match
  const better = scored(text, name, last)
  return better.score > match.score ? better : match
}

/** As `fuzzyMatch` for each word of the query; the order of the words does not matter. */
export function fuzzyMatchWords(text: string, query: string): FuzzyMatch | null {
  let score = 0
  const at = new Set<number>()
  for (const word of query.split(/\s+/).filter(Boolean)) {
    const match = fuzzyMatch(text, word)
    if (match === null) return null
    score += match.score
    for (const place of match.at) at.add(place)
  }
  return { score, at: [...at].sort((one, other) => one - other) }
}

/** Letters in lower case; a letter that would change the length stays as it is, so that offsets are those of the text. */
export function toLower(text: string): string {
  const lower = text.toLowerCase()
  if (lower.length === text.length) return lower
  return text.replace(/./gsu, (letter) => {
    const small = letter.toLowerCase()
    return small.length === letter.length ? small : letter
  })
}

function range(from: number, length: number): readonly number[] {
  return Array.from({ length }, (_, index) => from + index)
}

/** The places of the letters from `from` on: the first end, then backwards the last beginning. */
function shortest(lower: string, letters: string, from: number): readonly number[] | null {
  let end = from - 1
  for (const letter of letters) {
    end = lower.indexOf(letter, end + 1)
    if (end < 0) return null
    end += letter.length - 1
  }
  const at: number[] = []
  let place = end + 1
  for (let index = letters.length - 1; index >= 0; index--) {
    place = lower.lastIndexOf(letters[index] ?? '', place - 1)
    at.push(place)
  }
  return at.reverse()
}

function scored(text: string, name: number, at: readonly number[]): FuzzyMatch {
  let score = 0
  let before = -1
  for (const place of at) {
    score += LETTER
    if (place === 0) score += START
    if (place === name) score += NAME
    if (isWordStart(text, place)) score += WORD
    if (before >= 0) {
      const gap = place - before - 1
      score += gap === 0 ? NEXT : -Math.min(MAX_GAP, GAP + (gap - 1) * FURTHER_GAP)
    }
    before = place
  }
  return { score, at }
}

/** The beginning, a character after a separator, or a capital after a small letter. */
function isWordStart(text: string, at: number): boolean {
  if (at === 0) return true
  const before = text.charCodeAt(at - 1)
  if (SEPARATORS.has(before)) return true
  return isCapital(text.charCodeAt(at)) && !isCapital(before) && before > 64
}

const SEPARATORS = new Set([...' \t\n/\\._-:('].map((character) => character.charCodeAt(0)))

function isCapital(code: number): boolean {
  return code >= 65 && code <= 90
}

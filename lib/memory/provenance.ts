/** A text that neither the user nor the model wrote, and where it came from: `Read README.md`. */
export interface OutsideText {
  readonly source: string
  readonly text: string
}

/** A text of memory that repeats one from outside. */
interface Repetition {
  readonly source: string
  readonly text: string
}

/** Characters of a repeated span: a shorter one can be a coincidence, unless it is a complete line. */
const MIN_SPAN = 40

/** A complete line has at least this many words and characters: `npm test` is not evidence of anything. */
const MIN_LINE = { words: 3, characters: 16 } as const

/** Characters of outside texts that are compared, the newest ones first. */
const MAX_OUTSIDE_CHARACTERS = 2_000_000

/**
 * Finds a span of at least 40 characters, or a complete line, that a new text of memory has in common with an outside one. Spans
 * that `known` contains (what the user wrote, and what memory contained before) do not count. White space is not compared.
 */
export function findRepetition(
  added: string,
  outside: readonly OutsideText[],
  known: readonly string[],
): Repetition | null {
  const text = normalize(added)
  const familiar = known.map(normalize)
  const isKnown = (span: string): boolean => familiar.some((one) => one.includes(span))
  const lines = new Set(added.split('\n').map(plainLine).filter(isTelling))
  let left = MAX_OUTSIDE_CHARACTERS
  for (const { source, text: original } of outside.toReversed()) {
    if (left <= 0) return null
    const compared = original.slice(-left)
    left -= compared.length
    const span = findSpan(text, normalize(compared), isKnown)
    if (span !== null) return { source, text: span }
    const line = lines.size === 0 ? undefined : findLine(lines, compared, isKnown)
    if (line !== undefined) return { source, text: line }
  }
  return null
}

function findLine(
  lines: ReadonlySet<string>,
  outside: string,
  isKnown: (line: string) => boolean,
): string | undefined {
  return outside
    .split('\n')
    .map(plainLine)
    .find((line) => lines.has(line) && !isKnown(line))
}

/** Without the mark of a list, a quotation or a line number. */
function plainLine(line: string): string {
  return normalize(line.replace(/^[\s>*+#-]*(?:\d+(?:[.)→:]|\t)\s*)?/, '')).trim()
}

function isTelling(line: string): boolean {
  return line.length >= MIN_LINE.characters && line.split(' ').length >= MIN_LINE.words
}

function normalize(text: string): string {
  return text.replace(/\s+/g, ' ')
}

/**
 * The longest common span from the first place where one is long enough. Every span of 40 characters contains a piece of 20 that
 * begins at a multiple of 20, so only those pieces of the outside text are indexed.
 */
function findSpan(
  text: string,
  outside: string,
  isKnown: (span: string) => boolean,
): string | null {
  const piece = MIN_SPAN / 2
  const index = new Map<string, number>()
  for (let at = 0; at + piece <= outside.length; at += piece) {
    index.set(outside.slice(at, at + piece), at)
  }
  for (let at = 0; at + piece <= text.length; at++) {
    const found = index.get(text.slice(at, at + piece))
    if (found === undefined) continue
    const span = extend(text, at, outside, found, piece)
    if (span.trim().length >= MIN_SPAN && !isKnown(span.trim())) return span.trim()
  }
  return null
}

function extend(one: string, at: number, other: string, found: number, length: number): string {
  let before = 0
  while (
    before < at &&
    before < found &&
    one[at - before - 1] === other[found - before - 1] &&
    before < MAX_SHOWN
  )
    before++
  let end = length
  while (at + end < one.length && one[at + end] === other[found + end] && end < MAX_SHOWN) end++
  return one.slice(at - before, at + end)
}

/** Characters to both sides: the span is shown to a person. */
const MAX_SHOWN = 400

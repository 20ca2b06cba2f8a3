import { type ComparedText, compared, lineMarkLength, withoutLineMark } from './compared-text.ts'

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

/** Letters and digits of a repeated span. */
const MIN_LETTERS = 24

/** A complete line has at least this many words and characters: `npm test` is not evidence of anything. */
const MIN_LINE = { words: 2, characters: 10, letters: 8 } as const

/** Characters of outside texts that are compared, the newest ones first. */
const MAX_OUTSIDE_CHARACTERS = 2_000_000

/**
 * Finds a span of at least 40 characters, or a complete line, that a new text of memory has in common with an outside one. Spans
 * that `known` contains (what the user wrote, and what memory contained before) do not count. What a
 * model reads in the same way is not compared: see `compared`.
 */
export function findRepetition(
  added: string,
  outside: readonly OutsideText[],
  known: readonly string[],
): Repetition | null {
  for (const { source, text } of repetitions(added, outside, known)) return { source, text }
  return null
}

/** The lines of a new text of memory that repeat outside ones, with their sources. */
export function findOutsideLines(
  added: string,
  outside: readonly OutsideText[],
  known: readonly string[],
): Readonly<Record<string, string>> {
  const lines: Record<string, string> = {}
  for (const { source, from, to } of repetitions(added, outside, known)) {
    const first = added.lastIndexOf('\n', from - 1) + 1
    for (const line of added.slice(first, to).split('\n').slice(0, -1)) mark(lines, line, source)
    const last = added.lastIndexOf('\n', to - 1) + 1
    const end = added.indexOf('\n', last)
    mark(lines, added.slice(last, end < 0 ? undefined : end), source)
  }
  return lines
}

function mark(lines: Record<string, string>, line: string, source: string): void {
  if (compared(line).text !== '') lines[line] ??= source
}

/** The text, and without the targets of its links and the tags in it, if it has some: what is repeated often lacks them. */
function asRead({ source, text }: OutsideText): readonly OutsideText[] {
  const plain = text.replace(/\]\([^\s()]{1,500}\)|<\/?[a-z][^<>]{0,200}>/gi, '')
  return plain.length === text.length
    ? [{ source, text }]
    : [
        { source, text: plain },
        { source, text },
      ]
}

interface FoundRepetition extends Repetition {
  /** Its place in the new text. */
  readonly from: number
  readonly to: number
}

function* repetitions(
  added: string,
  outside: readonly OutsideText[],
  known: readonly string[],
): Generator<FoundRepetition> {
  const text = compared(added)
  const familiar = known.map((one) => compared(one).text)
  const isKnown = (span: string): boolean => familiar.some((one) => one.includes(span))
  const lines = plainLines(added)
  let left = MAX_OUTSIDE_CHARACTERS
  for (const { source, text: original } of outside.flatMap(asRead).toReversed()) {
    if (left <= 0) return
    const part = original.slice(-left)
    left -= part.length
    const place = (from: number, to: number): FoundRepetition => {
      return { source, text: added.slice(from, to).replace(/\s+/g, ' ').trim(), from, to }
    }
    const outsideLines = part.split('\n').map((line) => ({ line, plain: compared(line).text }))
    const plainPart = outsideLines.map(({ plain }) => plain).join('')
    for (const [start, end] of findSpans(text.text, plainPart)) {
      const found = place(...placesOf(text, added, start, end))
      const isLong = found.text.length >= MIN_SPAN
      if (isLong && !isKnown(text.text.slice(start, end))) yield found
    }
    if (lines.size === 0) continue
    for (const { line, plain } of outsideLines) {
      const one = lines.get(plain)
      if (one === undefined || isKnown(plain)) continue
      if (one.isDistinctive || isDistinctive(line)) yield place(...one.range)
    }
  }
}

/** The places in the text of the first and after the last of these letters. */
function placesOf(
  { places }: ComparedText,
  text: string,
  start: number,
  end: number,
): readonly [from: number, to: number] {
  const last = places[end - 1] ?? 0
  const after = last + ((text.codePointAt(last) ?? 0) > 0xff_ff ? 2 : 1)
  const punctuation = /^[^\p{L}\p{N}\s]{1,3}(?=\s|$)/u.exec(text.slice(after, after + 4))?.[0] ?? ''
  return [places[start] ?? 0, after + punctuation.length]
}

interface PlacedLine {
  readonly range: readonly [from: number, to: number]
  readonly isDistinctive: boolean
}

/** The lines of a text by what is compared of them. */
function plainLines(text: string): ReadonlyMap<string, PlacedLine> {
  const lines = new Map<string, PlacedLine>()
  let from = 0
  for (const line of text.split('\n')) {
    const plain = compared(line).text
    const range = [from + lineMarkLength(line), from + line.length] as const
    if (plain !== '') lines.set(plain, { range, isDistinctive: isDistinctive(line) })
    from += line.length + 1
  }
  return lines
}

/** A line that is evidence if taken completely. */
function isDistinctive(line: string): boolean {
  const text = withoutLineMark(line)
    .replace(/[^\p{L}\p{N}\s./~$@=-]+/gu, '')
    .trim()
  if ([...text.matchAll(WITHOUT_BLANKS)].length >= MIN_LINE.letters) return true
  return text.length >= MIN_LINE.characters && text.split(/\s+/).length >= MIN_LINE.words
}

/** The letters of scripts that are written without blanks between words. */
const WITHOUT_BLANKS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}\p{Script=Lao}]/gu

/**
 * The common spans, from the first place where one is long enough. Every span of 24 letters contains a piece of 12 that begins at a
 * multiple of 12, so only those pieces of the outside text are indexed.
 */
function* findSpans(text: string, outside: string): Generator<readonly [number, number]> {
  const piece = MIN_LETTERS / 2
  const index = new Map<string, number[]>()
  for (let at = 0; at + piece <= outside.length; at += piece) {
    const letters = outside.slice(at, at + piece)
    const places = index.get(letters)
    if (places === undefined) index.set(letters, [at])
    else if (places.length < MAX_PLACES) places.push(at)
  }
  for (let at = 0; at + piece <= text.length; at++) {
    const spans = (index.get(text.slice(at, at + piece)) ?? [])
      .map((found) => extend(text, at, outside, found, piece))
      .filter(([start, end]) => end - start >= MIN_LETTERS)
    const span = spans.toSorted((one, other) => other[1] - other[0] - (one[1] - one[0])).at(0)
    if (span === undefined) continue
    yield span
    at = span[1] - 1
  }
}

/** Places of one piece that are compared: an outside text may repeat parts of itself. */
const MAX_PLACES = 16

function extend(
  one: string,
  at: number,
  other: string,
  found: number,
  length: number,
): readonly [number, number] {
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
  return [at - before, at + end]
}

/** Characters to both sides: the span is shown to a person. */
const MAX_SHOWN = 400

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
const MIN_LINE = { words: 2, characters: 10 } as const

/** Characters of outside texts that are compared, the newest ones first. */
const MAX_OUTSIDE_CHARACTERS = 2_000_000

/**
 * Finds a span of at least 40 characters, or a complete line, that a new text of memory has in common with an outside one. Spans
 * that `known` contains (what the user wrote, and what memory contained before) do not count. White space, case, punctuation and
 * the marks of Markdown are not compared.
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
  if (compared(line).text.trim() !== '') lines[line] ??= source
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
  for (const { source, text: original } of outside.toReversed()) {
    if (left <= 0) return
    const part = original.slice(-left)
    left -= part.length
    const place = (from: number, to: number): FoundRepetition => {
      return { source, text: added.slice(from, to).replace(/\s+/g, ' ').trim(), from, to }
    }
    for (const [start, end] of findSpans(text.text, compared(part).text)) {
      const passage = text.text.slice(start, end)
      const span = passage.trim()
      if (span.length < MIN_SPAN || isKnown(span)) continue
      const first = start + passage.length - passage.trimStart().length
      const last = first + span.length - 1
      yield place(text.places[first] ?? 0, (text.places[last] ?? 0) + 1)
    }
    if (lines.size === 0) continue
    for (const line of part.split('\n')) {
      const plain = plainLine(line)
      const range = lines.get(plain)
      if (range !== undefined && !isKnown(plain)) yield place(...range)
    }
  }
}

/** The lines that are evidence if taken together, with their places. */
function plainLines(text: string): ReadonlyMap<string, readonly [from: number, to: number]> {
  const lines = new Map<string, readonly [number, number]>()
  let from = 0
  for (const line of text.split('\n')) {
    const plain = plainLine(line)
    const mark = LINE_MARK.exec(line)?.[0].length ?? 0
    if (isDistinctive(plain)) lines.set(plain, [from + mark, from + line.length])
    from += line.length + 1
  }
  return lines
}

/** The mark of a list or a quotation, or a line number. */
const LINE_MARK = /^[\s>*+#-]*(?:\d+(?:[.)→:]|\t)\s*)?[\s>*+#-]*/

function plainLine(line: string): string {
  return compared(line.replace(LINE_MARK, '')).text.trim().replace(/\.$/, '')
}

function isDistinctive(line: string): boolean {
  return line.length >= MIN_LINE.characters && line.split(' ').length >= MIN_LINE.words
}

const NOT_COMPARED = new Set('`*_~"\'“”‘’,;:!?()[]{}|')

/** What is compared of a text, and the place in the text of each of its characters. */
function compared(text: string): { readonly text: string; readonly places: readonly number[] } {
  const characters: string[] = []
  const places: number[] = []
  let isBlank = false
  const lower = text.toLowerCase()
  // A few letters become two when their case changes: their places are those of the text as it is.
  const source = lower.length === text.length ? lower : text
  for (let at = 0; at < source.length; at++) {
    const character = source[at] ?? ''
    if (NOT_COMPARED.has(character)) continue
    const blank = /\s/.test(character)
    if (!blank || !isBlank) {
      characters.push(blank ? ' ' : character)
      places.push(at)
    }
    isBlank = blank
  }
  return { text: characters.join(''), places }
}

/**
 * The common spans, from the first place where one is long enough. Every span of 40 characters contains a piece of 20 that begins
 * at a multiple of 20, so only those pieces of the outside text are indexed.
 */
function* findSpans(text: string, outside: string): Generator<readonly [number, number]> {
  const piece = MIN_SPAN / 2
  const index = new Map<string, number>()
  for (let at = 0; at + piece <= outside.length; at += piece) {
    index.set(outside.slice(at, at + piece), at)
  }
  for (let at = 0; at + piece <= text.length; at++) {
    const found = index.get(text.slice(at, at + piece))
    if (found === undefined) continue
    const [start, end] = extend(text, at, outside, found, piece)
    if (end - start < MIN_SPAN) continue
    yield [start, end]
    at = end - 1
  }
}

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

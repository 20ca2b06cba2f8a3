import { UserError } from '../../util/user-error.ts'
import {
  ambiguousString,
  LINE_NUMBERS_HINT,
  LONE_SURROGATE,
  NO_CHANGES,
  nearestLineHint,
  stringNotFound,
  whitespaceHint,
} from '../messages/file-changes.ts'
import { lookAlikeHint } from '../messages/files.ts'
import { showable, type TextContent } from './text-encoding.ts'
import { type ComparedCharacter, foldTwins } from './twin-characters.ts'

interface Substitution {
  readonly old_string: string
  readonly new_string: string
  readonly replace_all?: boolean | undefined
}

interface Substituted {
  readonly text: string
  readonly count: number
}

/** Replaces `old_string` by `new_string`, both literal. Throws a `UserError` whose message contains the correction for the agent. */
export function substitute(content: TextContent, edit: Substitution): Substituted {
  const { from, to } = inFileStyle(content, edit)
  assertNoLoneSurrogate(from, to)
  if (from === to) {
    throw new UserError(NO_CHANGES)
  }
  if (content.newline === 'mixed' && (!from.includes('\r') || !content.text.includes(from))) {
    const mixed = substituteAnyNewline(content.text, from, to, edit.replace_all === true)
    if (mixed !== null) return mixed
  }
  const places = occurrences(content.text, from, edit.replace_all === true ? from.length : 1)
  if (places.length === 0) {
    const hint = hintFor(content, from)
    throw new UserError(stringNotFound(edit.old_string) + hint)
  }
  if (places.length > 1 && edit.replace_all !== true) throw ambiguous(content.text, places)
  return { text: content.text.replaceAll(from, () => to), count: places.length }
}

/** The agent writes line feeds, while the file may contain carriage returns before them. */
function inFileStyle(content: TextContent, edit: Substitution): { from: string; to: string } {
  const { old_string: from, new_string: to } = edit
  if (content.newline !== 'mixed') {
    return { from: from.replaceAll('\r\n', '\n'), to: to.replaceAll('\r\n', '\n') }
  }
  const withReturns = from.replaceAll(/\r?\n/g, '\r\n')
  const foundOnlySo = !content.text.includes(from) && content.text.includes(withReturns)
  return foundOnlySo ? { from: withReturns, to: to.replaceAll(/\r?\n/g, '\r\n') } : { from, to }
}

/** Matches a line feed with any line ending, and writes that of the first line of each place. Null when there is no place. */
function substituteAnyNewline(
  text: string,
  from: string,
  to: string,
  isEvery: boolean,
): Substituted | null {
  const lines = from
    .split(/\r\n?|\n/)
    .map((line) => line.replaceAll(/[$()*+./?[\\\]^{|}-]/g, '\\$&'))
  if (lines.length < 2) return null
  const pattern = new RegExp(lines.join('(?:\\r\\n?|\\n)'), 'g')
  const places = [...text.matchAll(pattern)]
  if (places.length === 0) return null
  if (places.length > 1 && !isEvery) {
    throw ambiguous(
      text,
      places.map(({ index }) => index),
    )
  }
  const replaced = text.replaceAll(pattern, (found) => {
    const ending = /\r\n?|\n/.exec(found)?.[0] ?? '\n'
    return to.replaceAll(/\r\n?|\n/g, ending)
  })
  return { text: replaced, count: places.length }
}

/** An unpaired surrogate has no encoding in UTF-8, so the written text would differ from the one that was shown. */
export function assertNoLoneSurrogate(...texts: readonly string[]): void {
  if (texts.every((text) => text.isWellFormed())) return
  throw new UserError(LONE_SURROGATE)
}

/** With `step` 1 overlapping matches are counted, too: `aa` is ambiguous in `aaa`. */
function occurrences(text: string, part: string, step: number): number[] {
  const places: number[] = []
  let at = part === '' ? -1 : text.indexOf(part)
  while (at >= 0) {
    places.push(at)
    at = text.indexOf(part, at + step)
  }
  return places
}

const MAX_LINES_LISTED = 10

function ambiguous(text: string, places: readonly number[]): UserError {
  const lines = places.slice(0, MAX_LINES_LISTED).map((place) => lineAt(text, place))
  return new UserError(ambiguousString(places.length, lines))
}

function lineAt(text: string, place: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < place; at = text.indexOf('\n', at + 1)) line++
  return line
}

const READ_PREFIX = /^\s*\d+→/

/** The first explanation of the failure that applies. */
function hintFor(content: TextContent, from: string): string {
  const wanted = from.replaceAll(/^\n+|\n+$/g, '').split('\n')
  if (wanted.some((line) => READ_PREFIX.test(line))) {
    return LINE_NUMBERS_HINT
  }
  const lines = content.text.split('\n')
  const alike = lookAlikeIn(content.text, from)
  if (alike !== null) return alike
  const spaced = findWithOtherSpaces(lines, wanted)
  if (spaced !== null) {
    const found = showable(lines.slice(spaced, spaced + wanted.length).join('\n'))
    return whitespaceHint(spaced + 1, visibleReturns(found))
  }
  const near = nearestLine(lines, wanted)
  return near === null ? '' : nearestLineHint(near + 1, showable(lines[near] ?? '').trim())
}

const MAX_CHARACTERS_FOLDED = 1_000_000
const MAX_DIFFERENCES_LISTED = 5

/** The place that only differs in characters that look alike, such as a no-break space or a typographic quote. */
function lookAlikeIn(text: string, from: string): string | null {
  if (text.length > MAX_CHARACTERS_FOLDED) return null
  const [file, given] = [foldTwins(text), foldTwins(from)]
  const joined = (all: readonly ComparedCharacter[]): string =>
    all.map(({ folded }) => folded).join('')
  const wanted = joined(given)
  const at = wanted === '' ? -1 : joined(file).indexOf(wanted)
  const first = file[at]
  if (first === undefined) return null
  const found = file.slice(at, at + given.length)
  const last = found.at(-1)
  const original = text.slice(first.offset, (last?.offset ?? 0) + (last?.original.length ?? 0))
  const pairs = found.map((one, index) => ({
    inFile: one.original,
    given: given[index]?.original ?? '',
  }))
  const hidden = (all: string, shown: readonly ComparedCharacter[]): string[] =>
    Array.from(all).filter((one) => !shown.some(({ original: visible }) => visible === one))
  const differences = [
    ...pairs.filter((pair) => pair.inFile !== pair.given),
    ...hidden(original, found).map((inFile) => ({ inFile, given: '' })),
    ...hidden(from, given).map((one) => ({ inFile: '', given: one })),
  ]
  const unique = differences.filter(
    (one, index) =>
      index ===
      differences.findIndex(
        ({ inFile, given: other }) => inFile === one.inFile && other === one.given,
      ),
  )
  if (unique.length === 0) return null
  return lookAlikeHint(lineAt(text, first.offset), unique.slice(0, MAX_DIFFERENCES_LISTED))
}

function findWithOtherSpaces(lines: readonly string[], wanted: readonly string[]): number | null {
  const bare = (line: string): string => line.replaceAll(/\s+/g, '')
  const targets = wanted.map(bare)
  if (targets.every((line) => line === '')) return null
  const bareLines = lines.map(bare)
  const at = bareLines.findIndex((_, index) =>
    targets.every((target, offset) => bareLines[index + offset] === target),
  )
  return at < 0 ? null : at
}

function visibleReturns(text: string): string {
  return text.replaceAll('\r', '\\r')
}

const LINES_COMPARED = 5_000
const CHARACTERS_COMPARED = 200
const LIKENESS = 0.6

function nearestLine(lines: readonly string[], wanted: readonly string[]): number | null {
  const target = (wanted.find((line) => line.trim() !== '') ?? '').trim()
  const pairs = pairsOf(target)
  if (pairs.size < 4) return null
  let best = LIKENESS
  let place: number | null = null
  for (const [index, line] of lines.slice(0, LINES_COMPARED).entries()) {
    const text = line.trim()
    if (text.length > target.length * 2 || target.length > text.length * 2) continue
    const score = text.includes(target) ? 1 : likeness(pairs, pairsOf(text))
    if (score <= best) continue
    best = score
    place = index
  }
  return place
}

function pairsOf(text: string): Set<string> {
  const pairs = new Set<string>()
  for (let at = 0; at < Math.min(text.length - 1, CHARACTERS_COMPARED); at++) {
    pairs.add(text.slice(at, at + 2))
  }
  return pairs
}

/** The share of pairs of adjacent characters that both texts contain. */
function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  let common = 0
  for (const pair of one) if (other.has(pair)) common++
  return (2 * common) / (one.size + other.size)
}

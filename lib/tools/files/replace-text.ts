import { UserError } from '../../util/user-error.ts'
import {
  ambiguousString,
  LINE_NUMBERS_HINT,
  LONE_SURROGATE,
  NO_CHANGES,
  nearestLineHint,
  stringNotFound,
  whitespaceHint,
} from '../messages.ts'
import { showable, type TextContent } from './text-encoding.ts'

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
  const spaced = findWithOtherSpaces(lines, wanted)
  if (spaced !== null) {
    const found = showable(lines.slice(spaced, spaced + wanted.length).join('\n'))
    return whitespaceHint(spaced + 1, visibleReturns(found))
  }
  const near = nearestLine(lines, wanted)
  return near === null ? '' : nearestLineHint(near + 1, showable(lines[near] ?? '').trim())
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
    const score = likeness(pairs, pairsOf(text))
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

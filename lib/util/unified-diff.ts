import { structuredPatch } from 'diff'
import { splitLines } from './split-lines.ts'

export interface Hunk {
  readonly oldStart: number
  readonly newStart: number
  readonly lines: readonly HunkLine[]
}

export interface HunkLine {
  readonly type: 'context' | 'added' | 'removed'
  readonly text: string
  /** Line number before the change; null for an added line. */
  readonly oldNumber: number | null
  /** Line number after the change; null for a removed line. */
  readonly newNumber: number | null
  /** Set on a last line that has no line feed after it. */
  readonly noNewline?: boolean
}

export interface Diff {
  readonly hunks: readonly Hunk[]
  readonly added: number
  readonly removed: number
}

/** Past this many changed lines the search for the shortest diff stops, as its time grows with their square. */
const MAX_CHANGED_LINES = 1_000

/** A memory block as lines. Without a final line feed, the last line would count as changed when lines are added after it. */
export function withFinalLineFeed(text: string): string {
  return text === '' ? '' : `${text}\n`
}

/** Every changed line, with `context` lines around it; of two texts with many differences not the shortest diff. */
export function diffHunks(before: string, after: string, context = 3): Diff {
  const part = differingPart(before, after, context)
  const options = { context, maxEditLength: MAX_CHANGED_LINES }
  const patch = structuredPatch('', '', part.before, part.after, '', '', options)
  const raw = patch?.hunks ?? anchoredHunks(part.before, part.after, context)
  const hunks = raw.map((hunk) => numberLines(hunk, part.skipped))
  return { hunks, added: count(hunks, 'added'), removed: count(hunks, 'removed') }
}

interface RawHunk {
  readonly oldStart: number
  readonly newStart: number
  /** Each with its sign (` `, `-`, `+`, or `\` for a missing last line feed) in front. */
  readonly lines: readonly string[]
}

const LINE_TYPES = new Map([
  [' ', 'context'],
  ['+', 'added'],
  ['-', 'removed'],
] as const)

/** A change of a text as `diff -u` prints it, with the label instead of the two file names. */
export function formatUnifiedDiff(label: string, before: string, after: string): string {
  const name = label.replaceAll(/\s+/g, ' ')
  // A block of memory seldom ends with a line feed: most changes would end with the notice about that.
  const isEnded = [before, after].every((text) => text === '' || text.endsWith('\n'))
  const [old = '', now = ''] = isEnded ? [before, after] : [before, after].map(withFinalLineFeed)
  const lines = diffHunks(old, now).hunks.flatMap((hunk) => [
    hunkHeader(hunk),
    ...hunk.lines.map(({ type: kind, text }) => SIGNS[kind] + text),
  ])
  return [`--- ${name}`, `+++ ${name}`, ...lines].join('\n')
}

/** A change of a file as a patch that `git apply` and `patch -p1` accept, if its hunks are complete. */
export function formatPatch(path: string, hunks: readonly Hunk[], isNew: boolean): string {
  const name = path.replaceAll(/[\r\n]+/g, ' ')
  const lines = hunks.flatMap((hunk) => [
    hunkHeader(hunk),
    ...hunk.lines.flatMap(({ type, text, noNewline }) => [
      SIGNS[type] + text,
      ...(noNewline === true ? [NO_NEWLINE] : []),
    ]),
  ])
  return [`--- ${isNew ? '/dev/null' : `a/${name}`}`, `+++ b/${name}`, ...lines, ''].join('\n')
}

// Verbatim: the unified format
const NO_NEWLINE = '\\ No newline at end of file'

/** `@@ -1,3 +1,4 @@`: where the hunk begins, and how many lines it has, before and after the change. */
export function hunkHeader({ oldStart, newStart, lines }: Hunk): string {
  const removed = lines.filter(({ type: kind }) => kind !== 'added').length
  const added = lines.filter(({ type: kind }) => kind !== 'removed').length
  return `@@ -${hunkRange(oldStart, removed)} +${hunkRange(newStart, added)} @@`
}

/** As git writes it: a side without lines is after the line that it names. */
function hunkRange(start: number, count: number): string {
  return `${count === 0 ? start - 1 : start},${count}`
}

const SIGNS = { context: ' ', added: '+', removed: '-' } as const

function numberLines(raw: RawHunk, skipped: number): Hunk {
  const oldStart = raw.oldStart + skipped
  const newStart = raw.newStart + skipped
  let oldNumber = oldStart
  let newNumber = newStart
  const lines: HunkLine[] = []
  for (const line of raw.lines) {
    const type = LINE_TYPES.get(line[0] as ' ' | '+' | '-')
    if (type === undefined) {
      const last = lines.pop()
      if (last !== undefined) lines.push({ ...last, noNewline: true })
      continue
    }
    lines.push({
      type,
      text: line.slice(1),
      oldNumber: type === 'added' ? null : oldNumber++,
      newNumber: type === 'removed' ? null : newNumber++,
    })
  }
  return { oldStart, newStart, lines }
}

interface DifferingPart {
  readonly before: string
  readonly after: string
  /** Lines in front of it. */
  readonly skipped: number
}

/** Complete lines from the first to the last difference, with their context: a small edit of a huge file stays small. */
function differingPart(before: string, after: string, context: number): DifferingPart {
  const shortest = Math.min(before.length, after.length)
  let same = 0
  while (same < shortest && before.charCodeAt(same) === after.charCodeAt(same)) same++
  if (same === before.length && same === after.length) return { before: '', after: '', skipped: 0 }
  const head = linesBack(before, same, context)
  let tail = 0
  const most = shortest - same
  while (
    tail < most &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  ) {
    tail++
  }
  const end = linesOn(before, before.length - tail, context)
  const beyond = before.length - end
  return {
    before: before.slice(head, end),
    after: after.slice(head, after.length - beyond),
    skipped: before.slice(0, head).split('\n').length - 1,
  }
}

/** The start of the line that `count` lines are in front of the one at `place`. */
function linesBack(text: string, place: number, count: number): number {
  let start = place
  for (let line = 0; line <= count && start > 0; line++) {
    start = line === 0 ? text.lastIndexOf('\n', start - 1) + 1 : lineBefore(text, start)
  }
  return start
}

function lineBefore(text: string, start: number): number {
  return start < 2 ? 0 : text.lastIndexOf('\n', start - 2) + 1
}

/** The end of the `count`-th complete line after the one that `place` is in. */
function linesOn(text: string, place: number, count: number): number {
  let end = place
  for (let line = 0; line <= count; line++) {
    const feed = text.indexOf('\n', end)
    if (feed < 0) return text.length
    end = feed + 1
  }
  return end
}

/**
 * The hunks between lines that both texts contain once, in the same order: as fast for thousands of changes as for one, but not
 * always the shortest.
 */
function anchoredHunks(before: string, after: string, context: number): readonly RawHunk[] {
  const old = splitLines(before)
  const now = splitLines(after)
  const changes: LineChange[] = []
  let next = { old: 0, now: 0 }
  for (const anchor of [...commonLines(old, now), { old: old.length, now: now.length }]) {
    const change = trimmed(old, now, { from: next, to: anchor })
    if (change !== null) changes.push(change)
    next = { old: anchor.old + 1, now: anchor.now + 1 }
  }
  return groupChanges(changes, 2 * context).map((group) => toHunk(old, now, group, context))
}

interface LineNumbers {
  readonly old: number
  readonly now: number
}

/** The lines from `from` up to `to` of each text differ; `to` is exclusive. */
interface LineChange {
  readonly from: LineNumbers
  readonly to: LineNumbers
}

/** Lines that each text contains once, in an order that both have: the longest such list. */
function commonLines(old: readonly string[], now: readonly string[]): readonly LineNumbers[] {
  const inNow = uniqueLines(now)
  const pairs: LineNumbers[] = []
  for (const [line, at] of uniqueLines(old)) {
    const other = inNow.get(line)
    if (at >= 0 && other !== undefined && other >= 0) pairs.push({ old: at, now: other })
  }
  pairs.sort((one, other) => one.old - other.old)
  const tails: number[] = []
  const previous: number[] = []
  for (const [index, { now: place }] of pairs.entries()) {
    let low = 0
    let high = tails.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((pairs[tails[middle] ?? 0]?.now ?? 0) < place) low = middle + 1
      else high = middle
    }
    previous[index] = low > 0 ? (tails[low - 1] ?? -1) : -1
    tails[low] = index
  }
  const common: LineNumbers[] = []
  for (let index = tails.at(-1) ?? -1; index >= 0; index = previous[index] ?? -1) {
    const pair = pairs[index]
    if (pair !== undefined) common.push(pair)
  }
  return common.reverse()
}

/** The index of each line that occurs once; -1 for one that occurs again. */
function uniqueLines(lines: readonly string[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>()
  for (const [index, line] of lines.entries()) places.set(line, places.has(line) ? -1 : index)
  return places
}

/** Without equal lines at its beginning and end; null when nothing differs. */
function trimmed(
  old: readonly string[],
  now: readonly string[],
  { from, to }: LineChange,
): LineChange | null {
  let start = 0
  const shortest = Math.min(to.old - from.old, to.now - from.now)
  while (start < shortest && old[from.old + start] === now[from.now + start]) start++
  let end = 0
  while (end < shortest - start && old[to.old - 1 - end] === now[to.now - 1 - end]) end++
  const change = {
    from: { old: from.old + start, now: from.now + start },
    to: { old: to.old - end, now: to.now - end },
  }
  const isEmpty = change.from.old === change.to.old && change.from.now === change.to.now
  return isEmpty ? null : change
}

/** Changes with at most `gap` lines between them are in one hunk. */
function groupChanges(
  changes: readonly LineChange[],
  gap: number,
): readonly (readonly LineChange[])[] {
  const groups: LineChange[][] = []
  for (const change of changes) {
    const last = groups.at(-1)
    const end = last?.at(-1)?.to.old
    if (last !== undefined && end !== undefined && change.from.old - end <= gap) last.push(change)
    else groups.push([change])
  }
  return groups
}

function toHunk(
  old: readonly string[],
  now: readonly string[],
  changes: readonly LineChange[],
  context: number,
): RawHunk {
  const first = changes[0]?.from ?? { old: 0, now: 0 }
  const before = Math.min(context, first.old, first.now)
  const lines: string[] = []
  let at = first.old - before
  for (const { from, to } of changes) {
    sign(lines, ' ', old.slice(at, from.old))
    sign(lines, '-', old.slice(from.old, to.old))
    sign(lines, '+', now.slice(from.now, to.now))
    at = to.old
  }
  sign(lines, ' ', old.slice(at, at + context))
  return { oldStart: first.old - before + 1, newStart: first.now - before + 1, lines }
}

function sign(signed: string[], mark: string, lines: readonly string[]): void {
  for (const line of lines) {
    if (line.endsWith('\n')) signed.push(mark + line.slice(0, -1))
    else signed.push(mark + line, NO_NEWLINE)
  }
}

function count(hunks: readonly Hunk[], kind: HunkLine['type']): number {
  let total = 0
  for (const hunk of hunks) for (const line of hunk.lines) if (line.type === kind) total++
  return total
}

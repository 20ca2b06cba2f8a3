import { enclosingSection } from './hunk-section.ts'
import { type ComparedLines, compareLines, type LineChange, lineChanges } from './line-changes.ts'
import { runAtOnce, type Steps } from './steps.ts'
import { widestLineSteps } from './widest-line.ts'

export interface Hunk {
  readonly oldStart: number
  readonly newStart: number
  readonly lines: readonly HunkLine[]
  /** The line that begins the function, or the like, around the first change. */
  readonly section?: string
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
  return runAtOnce(diffSteps(before, after, context))
}

/** As `diffHunks`, in steps: a text may have any length. */
export function* diffSteps(before: string, after: string, context = 3): Steps<Diff> {
  const part = yield* differingPart(before, after, context)
  const compared = yield* compareLines(part.before, part.after)
  const changes = yield* lineChanges(compared, MAX_CHANGED_LINES)
  const hunks: Hunk[] = []
  let [added, removed] = [0, 0]
  for (const group of groupChanges(changes, 2 * context)) {
    const plain = yield* toHunk(compared, group, context, part.skipped)
    const from = group[0]?.from.old ?? 0
    const hunk = inSection(plain, linesAbove(before, compared.old.lines, from, part.head))
    hunks.push(hunk)
    // Ahead of the first frame, which has to know how many rows there are.
    yield* widestLineSteps(hunk.lines)
    yield
    for (const { from, to } of group) {
      added += to.now - from.now
      removed += to.old - from.old
    }
  }
  return { hunks, added, removed }
}

/** The hunk with the line that begins what its first change is in. `above`: the lines in front of that change, nearest first. */
function inSection(hunk: Hunk, above: Iterable<string>): Hunk {
  const first = hunk.lines.find(({ type, text }) => type !== 'context' && text.trim() !== '')
  const section = first === undefined ? undefined : enclosingSection(first.text, above)
  return section === undefined ? hunk : { ...hunk, section }
}

/** The lines of a text above a place, nearest first. `compared`: those that begin at `head`; the place is above line `from` of them. */
function* linesAbove(
  text: string,
  compared: readonly string[],
  from: number,
  head: number,
): Generator<string> {
  for (let at = from - 1; at >= 0; at--) yield compared[at] ?? ''
  for (let end = head; end > 0; ) {
    const start = lineBefore(text, end)
    yield text.slice(start, end)
    end = start
  }
}

/** The lines that a change of a memory block adds and removes. */
export function countLines(
  before: string,
  after: string,
): { readonly added: number; readonly removed: number } {
  const { added, removed } = diffHunks(withFinalLineFeed(before), withFinalLineFeed(after), 0)
  return { added, removed }
}

/** The lines that a version of a memory block adds and removes; the last one of a deleted block removes its value. */
export function countVersionLines(
  { value, isDeletion }: { readonly value: string; readonly isDeletion: boolean },
  previous: string | undefined,
): ReturnType<typeof countLines> {
  return isDeletion ? countLines(value, '') : countLines(previous ?? '', value)
}

/** A change of a text as `diff -u` prints it, with the label instead of the two file names. */
export function formatUnifiedDiff(label: string, before: string, after: string): string {
  return runAtOnce(unifiedDiffSteps(label, before, after))
}

/** As `formatUnifiedDiff`, in steps. */
export function* unifiedDiffSteps(label: string, before: string, after: string): Steps<string> {
  const name = label.replaceAll(/\s+/g, ' ')
  // A block of memory seldom ends with a line feed: most changes would end with the notice about that.
  const isEnded = [before, after].every((text) => text === '' || text.endsWith('\n'))
  const [old = '', now = ''] = isEnded ? [before, after] : [before, after].map(withFinalLineFeed)
  const { hunks } = yield* diffSteps(old, now)
  const lines = hunks.flatMap((hunk) => [
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

interface DifferingPart {
  readonly before: string
  readonly after: string
  /** Lines in front of it, and characters. */
  readonly skipped: number
  readonly head: number
}

/** Complete lines from the first to the last difference, with their context: a small edit of a huge file stays small. */
function* differingPart(before: string, after: string, context: number): Steps<DifferingPart> {
  if (before === after) return { before: '', after: '', skipped: 0, head: 0 }
  const same = yield* commonStart(before, after)
  const head = linesBack(before, same, context)
  const tail = yield* commonEnd(before, after, Math.min(before.length, after.length) - same)
  const end = linesOn(before, before.length - tail, context)
  const beyond = before.length - end
  return {
    before: ownPart(before, head, end),
    after: ownPart(after, head, after.length - beyond),
    skipped: yield* lineFeeds(before, head),
    head,
  }
}

/** A part of a text. A slice keeps the complete text in memory, as the lines of a diff do that is kept: a smaller part is a copy. */
function ownPart(text: string, from: number, to: number): string {
  const part = text.slice(from, to)
  return part.length > text.length / 2 ? part : ` ${part}`.slice(1)
}

/** Characters that are compared as one string. */
const COMPARED_CHARACTERS = 4_096
/** Characters between two points where the work may be interrupted. */
const STEP_CHARACTERS = 64 * COMPARED_CHARACTERS

function* commonStart(before: string, after: string): Steps<number> {
  const most = Math.min(before.length, after.length)
  let same = 0
  for (; same < most; same += COMPARED_CHARACTERS) {
    const end = same + COMPARED_CHARACTERS
    if (before.slice(same, end) !== after.slice(same, end)) break
    if (same % STEP_CHARACTERS === 0) yield
  }
  while (same < most && before.charCodeAt(same) === after.charCodeAt(same)) same++
  return Math.min(same, most)
}

function* commonEnd(before: string, after: string, most: number): Steps<number> {
  let same = 0
  for (; same + COMPARED_CHARACTERS <= most; same += COMPARED_CHARACTERS) {
    const [old, now] = [before, after].map((text) =>
      text.slice(text.length - same - COMPARED_CHARACTERS, text.length - same),
    )
    if (old !== now) break
    if (same % STEP_CHARACTERS === 0) yield
  }
  while (
    same < most &&
    before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)
  ) {
    same++
  }
  return same
}

/** The number of line feeds in the first `length` characters. */
function* lineFeeds(text: string, length: number): Steps<number> {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0 && at < length; at = text.indexOf('\n', at + 1)) {
    count++
    if (count % STEP_LINES === 0) yield
  }
  return count
}

const STEP_LINES = 4_096

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

function* toHunk(
  { old, now }: ComparedLines,
  changes: readonly LineChange[],
  context: number,
  skipped: number,
): Steps<Hunk> {
  const first = changes[0]?.from ?? { old: 0, now: 0 }
  const before = Math.min(context, first.old, first.now)
  const lines: HunkLine[] = []
  const at = { old: first.old - before, now: first.now - before }
  const start = { oldStart: at.old + 1 + skipped, newStart: at.now + 1 + skipped }
  for (const { from, runs } of changes) {
    yield* add('context', from.old - at.old)
    for (const { type, count } of runs) yield* add(type, count)
  }
  yield* add('context', Math.min(context, old.lines.length - at.old))
  return { ...start, lines }

  function* add(type: HunkLine['type'], count: number): Steps<void> {
    for (let index = 0; index < count; index++) {
      const line = (type === 'added' ? now.lines[at.now] : old.lines[at.old]) ?? ''
      const isEnded = line.endsWith('\n')
      const text = isEnded ? line.slice(0, -1) : line
      const oldNumber = type === 'added' ? null : ++at.old + skipped
      const newNumber = type === 'removed' ? null : ++at.now + skipped
      const numbered = { type, text, oldNumber, newNumber }
      lines.push(isEnded ? numbered : { ...numbered, noNewline: true })
      if (lines.length % STEP_LINES === 0) yield
    }
  }
}

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

/** Past this many changed lines the search for the shortest diff stops: about 0.3 s for 200,000 lines. */
const MAX_CHANGED_LINES = 2_000

/** Every changed line, with `context` lines around it. When two texts have too little in common, all of the part that differs. */
export function diffHunks(before: string, after: string, context = 3): Diff {
  const part = differingPart(before, after, context)
  const options = { context, maxEditLength: MAX_CHANGED_LINES }
  const patch = structuredPatch('', '', part.before, part.after, '', '', options)
  const raw = patch === undefined ? [replacedPart(part.before, part.after, context)] : patch.hunks
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
  const [old = '', now = ''] = [before, after].map((text) => (text === '' ? '' : `${text}\n`))
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

/** One hunk: what lies between the common beginning and the common end, removed and added. */
function replacedPart(before: string, after: string, context: number): RawHunk {
  const old = splitLines(before)
  const now = splitLines(after)
  const shortest = Math.min(old.length, now.length)
  let head = 0
  while (head < shortest && old[head] === now[head]) head++
  let tail = 0
  while (tail < shortest - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++
  const start = Math.max(0, head - context)
  const end = Math.max(0, tail - context)
  return {
    oldStart: start + 1,
    newStart: start + 1,
    lines: [
      ...signed(' ', old.slice(start, head)),
      ...signed('-', old.slice(head, old.length - tail)),
      ...signed('+', now.slice(head, now.length - tail)),
      ...signed(' ', old.slice(old.length - tail, old.length - end)),
    ],
  }
}

function signed(sign: string, lines: readonly string[]): string[] {
  return lines.flatMap((line) =>
    line.endsWith('\n') ? [sign + line.slice(0, -1)] : [sign + line, NO_NEWLINE],
  )
}

function count(hunks: readonly Hunk[], kind: HunkLine['type']): number {
  let total = 0
  for (const hunk of hunks) for (const line of hunk.lines) if (line.type === kind) total++
  return total
}

import { structuredPatch } from 'diff'

export interface Hunk {
  readonly oldStart: number
  readonly newStart: number
  readonly lines: readonly HunkLine[]
}

export interface HunkLine {
  readonly kind: 'context' | 'added' | 'removed'
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
const SEARCH_LIMIT = 2_000

/** Every changed line, with `context` lines around it. When two texts have too little in common, all of the part that differs. */
export function diffHunks(before: string, after: string, context = 3): Diff {
  const options = { context, maxEditLength: SEARCH_LIMIT }
  const patch = structuredPatch('', '', before, after, '', '', options)
  const raw = patch === undefined ? [replacedPart(before, after, context)] : patch.hunks
  const hunks = raw.map(numberLines)
  return { hunks, added: count(hunks, 'added'), removed: count(hunks, 'removed') }
}

interface RawHunk {
  readonly oldStart: number
  readonly newStart: number
  /** Each with its sign (` `, `-`, `+`, or `\` for a missing last line feed) in front. */
  readonly lines: readonly string[]
}

const KINDS = new Map([
  [' ', 'context'],
  ['+', 'added'],
  ['-', 'removed'],
] as const)

function numberLines(raw: RawHunk): Hunk {
  let oldNumber = raw.oldStart
  let newNumber = raw.newStart
  const lines: HunkLine[] = []
  for (const line of raw.lines) {
    const kind = KINDS.get(line[0] as ' ' | '+' | '-')
    if (kind === undefined) {
      const last = lines.pop()
      if (last !== undefined) lines.push({ ...last, noNewline: true })
      continue
    }
    lines.push({
      kind,
      text: line.slice(1),
      oldNumber: kind === 'added' ? null : oldNumber++,
      newNumber: kind === 'removed' ? null : newNumber++,
    })
  }
  return { oldStart: raw.oldStart, newStart: raw.newStart, lines }
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

/** Lines with their line feeds, so that a missing last one makes a difference. */
function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

function signed(sign: string, lines: readonly string[]): string[] {
  return lines.flatMap((line) =>
    line.endsWith('\n')
      ? [sign + line.slice(0, -1)]
      : [sign + line, '\\ No newline at end of file'],
  )
}

function count(hunks: readonly Hunk[], kind: HunkLine['kind']): number {
  let total = 0
  for (const hunk of hunks) for (const line of hunk.lines) if (line.kind === kind) total++
  return total
}

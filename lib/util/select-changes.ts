import { splitLines } from './split-lines.ts'
import type { Diff, Hunk, HunkLine } from './unified-diff.ts'

/**
 * A choice among the changed lines of a diff: the numbers of those that are rejected. Added and removed lines are numbered
 * together from 0, in the order of the diff.
 */
type RejectedLines = ReadonlySet<number>

export function changedLineCount(hunks: readonly Hunk[]): number {
  let count = 0
  for (const { lines } of hunks) for (const { type } of lines) if (type !== 'context') count++
  return count
}

/** What a selection does with each hunk. */
export function hunkDecisions(
  hunks: readonly Hunk[],
  rejected: RejectedLines,
): readonly ('applied' | 'rejected' | 'partly')[] {
  let first = 0
  return hunks.map((hunk) => {
    const end = first + changedLineCount([hunk])
    let count = 0
    for (let line = first; line < end; line++) if (rejected.has(line)) count++
    const isAll = count === end - first
    first = end
    return count === 0 ? 'applied' : isAll ? 'rejected' : 'partly'
  })
}

/** `before` with those changes of its diff to `after` that are not rejected. */
export function applySelection(
  before: string,
  after: string,
  hunks: readonly Hunk[],
  rejected: RejectedLines,
): string {
  const old = splitLines(before)
  const now = splitLines(after)
  const text: string[] = []
  let next = 0
  let changed = 0
  for (const { oldStart, lines } of hunks) {
    while (next < Math.min(oldStart - 1, old.length)) text.push(old[next++] ?? '')
    for (const { type, newNumber } of lines) {
      const isRejected = type !== 'context' && rejected.has(changed++)
      if (type === 'added') {
        if (!isRejected) text.push(now[(newNumber ?? 0) - 1] ?? '')
        continue
      }
      const line = old[next++] ?? ''
      if (type === 'context' || isRejected) text.push(line)
    }
  }
  while (next < old.length) text.push(old[next++] ?? '')
  // A last line without a line feed that is followed by another one gets it.
  return text
    .map((line, at) => (endsLine(line, at === text.length - 1) ? line : `${line}\n`))
    .join('')
}

/** The diff of what a selection applies: rejected removals are context, rejected additions are left out. */
export function selectedDiff(hunks: readonly Hunk[], rejected: RejectedLines): Diff {
  let changed = 0
  let shift = 0
  const totals = { added: 0, removed: 0 }
  const selected: Hunk[] = []
  for (const hunk of hunks) {
    const lines: HunkLine[] = []
    const newStart = hunk.oldStart + shift
    let newNumber = newStart
    let changes = 0
    for (const line of hunk.lines) {
      const isRejected = line.type !== 'context' && rejected.has(changed++)
      if (line.type === 'added') {
        if (isRejected) continue
        lines.push({ ...line, newNumber: newNumber++ })
      } else if (line.type === 'removed' && !isRejected) lines.push(line)
      else lines.push({ ...line, type: 'context', newNumber: newNumber++ })
      if (line.type === 'context' || isRejected) continue
      changes++
      totals[line.type]++
    }
    shift = newNumber - newStart - (lines.length - countOf(lines, 'added')) + shift
    if (changes > 0) selected.push({ oldStart: hunk.oldStart, newStart, lines })
  }
  return { hunks: selected, ...totals }
}

function countOf(lines: readonly HunkLine[], type: HunkLine['type']): number {
  return lines.filter((line) => line.type === type).length
}

function endsLine(line: string, isLast: boolean): boolean {
  return isLast || line.endsWith('\n')
}

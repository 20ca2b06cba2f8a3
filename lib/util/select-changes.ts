import { splitLines } from './split-lines.ts'
import { runAtOnce, type Steps } from './steps.ts'
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
  return runAtOnce(applySelectionSteps(before, after, hunks, rejected))
}

/** As `applySelection`, in steps: a text may have any length. */
export function* applySelectionSteps(
  before: string,
  after: string,
  hunks: readonly Hunk[],
  rejected: RejectedLines,
): Steps<string> {
  const old = splitLines(before)
  yield
  const now = splitLines(after)
  yield
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
    yield
  }
  while (next < old.length) text.push(old[next++] ?? '')
  yield
  // A last line without a line feed that is followed by another one gets it.
  for (let at = 0; at < text.length - 1; at++) {
    const line = text[at] ?? ''
    if (!line.endsWith('\n')) text[at] = `${line}\n`
  }
  yield
  return text.join('')
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
    if (changes > 0) selected.push({ ...hunk, newStart, lines })
  }
  return { hunks: selected, ...totals }
}

function countOf(lines: readonly HunkLine[], type: HunkLine['type']): number {
  return lines.filter((line) => line.type === type).length
}

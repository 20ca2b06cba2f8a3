import { diffHunks, withFinalLineFeed } from './unified-diff.ts'

/** Where a line (from 0) of a text is after a change of the text; for a line that has gone, where it was. */
export function followLine(before: string, after: string, line: number): number {
  if (before === after) return line
  const { hunks } = diffHunks(withFinalLineFeed(before), withFinalLineFeed(after), 0)
  let shift = 0
  for (const { lines } of hunks) {
    const removed = lines.flatMap(({ oldNumber }) => (oldNumber === null ? [] : [oldNumber - 1]))
    const added = lines.length - removed.length
    const first = removed[0] ?? (lines[0]?.newNumber ?? 1) - 1 - shift
    if (first > line) break
    if (removed.includes(line))
      return Math.max(0, first + shift + Math.min(line - first, added - 1))
    shift += added - removed.length
  }
  return Math.min(line + shift, Math.max(0, after.split('\n').length - 1))
}

import type { Hunk, HunkLine } from './unified-diff.ts'

interface Carried {
  /** Changed lines of the new diff. */
  readonly rejected: readonly number[]
  /** Whether everything that was rejected is rejected in the new diff, too. */
  readonly isComplete: boolean
}

/**
 * What is rejected of a diff when these lines of an earlier diff of the same proposal were. Lines that are changed together are the
 * same when their texts are; where several groups have one text, they are the same in their order, if there are as many as before.
 * Of groups that are no longer there, single lines are found in the same way.
 */
export function carryRejected(
  before: readonly Hunk[],
  after: readonly Hunk[],
  rejectedLines: readonly number[],
): Carried {
  const groups = pair(groupsOf(before), groupsOf(after))
  const lines = pair(groups.left.flatMap(linesOf), groups.right.flatMap(linesOf))
  const places = new Map<number, number>()
  for (const [one, other] of [...groups.pairs, ...lines.pairs])
    for (let line = 0; line < one.size; line++) places.set(one.from + line, other.from + line)
  const rejected = rejectedLines.flatMap((line) => places.get(line) ?? [])
  return {
    rejected: rejected.sort((one, other) => one - other),
    isComplete: rejected.length === rejectedLines.length,
  }
}

/** What belongs together on both sides, and what is left of each. */
function pair(before: readonly Group[], after: readonly Group[]) {
  const now = byText(after)
  const pairs = [...byText(before)].flatMap(([text, groups]) => {
    const same = now.get(text) ?? []
    return same.length === groups.length
      ? groups.map((group, at) => [group, same[at] ?? group] as const)
      : []
  })
  const paired = new Set(pairs.flat())
  const isLeft = (group: Group): boolean => !paired.has(group)
  return { pairs, left: before.filter(isLeft), right: after.filter(isLeft) }
}

function linesOf({ lines, from }: Group): readonly Group[] {
  return lines.map((line, at) => createGroup([line], from + at))
}

/** Changed lines that follow each other. */
interface Group {
  readonly text: string
  readonly lines: readonly HunkLine[]
  readonly from: number
  readonly size: number
}

function createGroup(lines: readonly HunkLine[], from: number): Group {
  const text = JSON.stringify(lines.map((line) => [line.type, line.text]))
  return { text, lines, from, size: lines.length }
}

function groupsOf(hunks: readonly Hunk[]): readonly Group[] {
  const groups: Group[] = []
  let first = 0
  for (const { lines } of hunks) {
    let group: HunkLine[] = []
    const end = (): void => {
      if (group.length === 0) return
      groups.push(createGroup(group, first))
      first += group.length
      group = []
    }
    for (const line of lines) {
      if (line.type === 'context') end()
      else group.push(line)
    }
    end()
  }
  return groups
}

function byText(groups: readonly Group[]): ReadonlyMap<string, readonly Group[]> {
  const found = new Map<string, Group[]>()
  for (const group of groups) found.set(group.text, [...(found.get(group.text) ?? []), group])
  return found
}

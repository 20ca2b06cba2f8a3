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
 */
export function carryRejected(
  before: readonly Hunk[],
  after: readonly Hunk[],
  rejectedLines: readonly number[],
): Carried {
  const chosen = new Set(rejectedLines)
  const now = byText(groupsOf(after))
  const rejected: number[] = []
  let isComplete = true
  for (const [text, groups] of byText(groupsOf(before))) {
    const same = now.get(text) ?? []
    for (const [index, { from, size }] of groups.entries()) {
      const target = same.length === groups.length ? same[index] : undefined
      for (let line = 0; line < size; line++) {
        if (!chosen.has(from + line)) continue
        if (target === undefined) isComplete = false
        else rejected.push(target.from + line)
      }
    }
  }
  return { rejected: rejected.sort((one, other) => one - other), isComplete }
}

/** Changed lines that follow each other. */
interface Group {
  readonly text: string
  readonly from: number
  readonly size: number
}

function groupsOf(hunks: readonly Hunk[]): readonly Group[] {
  const groups: Group[] = []
  let first = 0
  for (const { lines } of hunks) {
    let group: HunkLine[] = []
    const end = (): void => {
      if (group.length === 0) return
      const text = JSON.stringify(group.map((line) => [line.type, line.text]))
      groups.push({ text, from: first, size: group.length })
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

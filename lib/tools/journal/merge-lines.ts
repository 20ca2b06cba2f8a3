import { diff3Merge, diffIndices } from 'node-diff3'

/**
 * The lines of `mine` with the change from `base` to `theirs`; null where both have changed the same lines differently. Changes of
 * neighbouring lines are no conflict: what was changed is shown before it is written.
 */
export function mergeLines(
  base: readonly string[],
  mine: readonly string[],
  theirs: readonly string[],
): readonly string[] | null {
  const parts = diff3Merge([...mine], [...base], [...theirs])
  if (parts.every(({ conflict }) => conflict === undefined))
    return parts.flatMap(({ ok }) => ok ?? [])
  const [own, others] = [editsOf(base, mine), editsOf(base, theirs)]
  const foreign = others.filter((one) => !own.some((other) => isSameEdit(one, other)))
  if (foreign.some((one) => own.some((other) => overlap(one, other)))) return null
  return withEdits(base, [...own, ...foreign])
}

/** The same, without those changes of `theirs` whose lines `mine` has changed differently. */
export function mergeOtherLines(
  base: readonly string[],
  mine: readonly string[],
  theirs: readonly string[],
): readonly string[] {
  const merged = mergeLines(base, mine, theirs)
  if (merged !== null) return merged
  const own = editsOf(base, mine)
  const others = editsOf(base, theirs).flatMap((one) =>
    own.some((other) => overlap(one, other)) ? lineByLine(one) : [one],
  )
  const fitting = others.filter((one) => !own.some((other) => overlap(one, other)))
  return withEdits(base, [...own, ...fitting])
}

/** Each line alone, if it is known which line takes its place. */
function lineByLine({ start, end, lines }: LineEdit): readonly LineEdit[] {
  if (lines.length > 0 && lines.length !== end - start) return []
  return Array.from({ length: end - start }, (_, at) => {
    return { start: start + at, end: start + at + 1, lines: lines.slice(at, at + 1) }
  })
}

function withEdits(base: readonly string[], unordered: readonly LineEdit[]): readonly string[] {
  const edits = unordered.toSorted((one, other) => one.start - other.start || one.end - other.end)
  const merged: string[] = []
  let at = 0
  for (const { start, end, lines } of edits) {
    merged.push(...base.slice(at, start), ...lines)
    at = end
  }
  return [...merged, ...base.slice(at)]
}

/** Lines that take the place of others. */
interface LineEdit {
  readonly start: number
  readonly end: number
  readonly lines: readonly string[]
}

function editsOf(from: readonly string[], to: readonly string[]): readonly LineEdit[] {
  return diffIndices([...from], [...to]).map(
    ({ buffer1: [start, length], buffer2Content: lines }) => {
      return { start, end: start + length, lines }
    },
  )
}

function isSameEdit(one: LineEdit, other: LineEdit): boolean {
  const isSamePlace = one.start === other.start && one.end === other.end
  return isSamePlace && JSON.stringify(one.lines) === JSON.stringify(other.lines)
}

/** Two insertions at the same place have no order. */
function overlap(one: LineEdit, other: LineEdit): boolean {
  const areInsertions = one.start === one.end && other.start === other.end
  if (areInsertions) return one.start === other.start
  return one.start < other.end && other.start < one.end
}

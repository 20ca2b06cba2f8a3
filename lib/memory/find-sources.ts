import type { MemoryItem } from '../session/state/memory.ts'

/** The least number of letters and digits of a line that says where it comes from. */
const MIN_CHARACTERS = 3

/**
 * The ids of the other blocks that have a line which a change adds, or had it before their newest change: the user has moved or
 * copied it from there.
 */
export function findSources(
  memory: readonly MemoryItem[],
  blockId: string,
  before: string,
  after: string,
): readonly string[] {
  const known = new Set(before.split('\n'))
  const added = after.split('\n').filter((line) => !known.has(line) && isDistinctive(line))
  if (added.length === 0) return []
  return memory.flatMap(({ block, change }) => {
    if (block.id === blockId) return []
    const lines = new Set([block.value, change?.before ?? ''].flatMap((text) => text.split('\n')))
    return added.some((line) => lines.has(line)) ? [block.id] : []
  })
}

function isDistinctive(line: string): boolean {
  return (line.match(/[\p{L}\p{N}]/gu) ?? []).length >= MIN_CHARACTERS
}

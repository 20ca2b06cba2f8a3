/** Half-open range of a text. */
export type Range = readonly [from: number, to: number]

interface Changes {
  readonly before: readonly Range[]
  readonly after: readonly Range[]
}

/** The words that differ between two versions of a line; null when they have too little in common to be versions. */
export function changedWords(before: string, after: string): Changes | null {
  const old = wordsOf(before)
  const now = wordsOf(after)
  if (old.length > MOST_WORDS || now.length > MOST_WORDS) return null
  const kept = longestCommon(old, now)
  const keptText = kept.reduce((sum, [index]) => sum + (old[index]?.trim().length ?? 0), 0)
  const shorter = Math.min(...[before, after].map((text) => text.replace(/\s/g, '').length))
  if (keptText * 2 < shorter) return null
  return {
    before: rangesBut(new Set(kept.map(([index]) => index)), old),
    after: rangesBut(new Set(kept.map(([, index]) => index)), now),
  }
}

const MOST_WORDS = 200

function wordsOf(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu) ?? []
}

/** Pairs of indices of the longest common subsequence. */
function longestCommon(old: readonly string[], now: readonly string[]): [number, number][] {
  const width = now.length + 1
  // lengths[row * width + column]: the longest of what follows both places.
  const lengths = new Uint16Array((old.length + 1) * width)
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0
  for (let row = old.length - 1; row >= 0; row--)
    for (let column = now.length - 1; column >= 0; column--)
      lengths[row * width + column] =
        old[row] === now[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1))
  const pairs: [number, number][] = []
  let row = 0
  let column = 0
  while (row < old.length && column < now.length) {
    if (old[row] === now[column]) pairs.push([row++, column++])
    else if (at(row + 1, column) >= at(row, column + 1)) row++
    else column++
  }
  return pairs
}

function rangesBut(kept: ReadonlySet<number>, words: readonly string[]): readonly Range[] {
  const ranges: Range[] = []
  let offset = 0
  for (const [index, word] of words.entries()) {
    const end = offset + word.length
    const last = ranges.at(-1)
    if (!kept.has(index)) {
      if (last?.[1] === offset) ranges[ranges.length - 1] = [last[0], end]
      else ranges.push([offset, end])
    }
    offset = end
  }
  return ranges
}

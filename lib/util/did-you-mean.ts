/** The word closest to `wanted`, when one is close enough to be a slip; else null. */
export function nearest(wanted: string, words: readonly string[]): string | null {
  let best: string | null = null
  let least = Math.max(2, Math.floor(wanted.length / 3)) + 1
  for (const word of words) {
    const distance = editDistance(wanted.toLowerCase(), word.toLowerCase())
    if (distance >= least) continue
    least = distance
    best = word
  }
  return best
}

/** The word that was meant, or all there are. */
export function nearestHint(wanted: string, words: readonly string[]): string {
  const near = nearest(wanted, words)
  return near === null ? `There are: ${words.join(', ')}` : `Did you mean ${near}?`
}

/** Insertions, deletions, replacements and swaps of neighbours that turn `from` into `to`. */
function editDistance(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, column) => column)]
  for (let row = 1; row <= from.length; row++) {
    const cells = [row]
    for (let column = 1; column <= to.length; column++) {
      const above = rows[row - 1] ?? []
      const replaced = (above[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1)
      const grown = Math.min((above[column] ?? 0) + 1, (cells[column - 1] ?? 0) + 1)
      const swapped =
        from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
          ? (rows[row - 2]?.[column - 2] ?? 0) + 1
          : Number.POSITIVE_INFINITY
      cells.push(Math.min(replaced, grown, swapped))
    }
    rows.push(cells)
  }
  return rows[from.length]?.[to.length] ?? 0
}

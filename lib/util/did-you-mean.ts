/** The candidate closest to a mistyped word, when it is close enough to be meant; else null. */
export function closestMatch(wanted: string, candidates: readonly string[]): string | null {
  let best: string | null = null
  let least = Math.max(2, Math.floor(wanted.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = editDistance(wanted.toLowerCase(), candidate.toLowerCase())
    if (distance >= least) continue
    least = distance
    best = candidate
  }
  return best
}

export function didYouMean(text: string): string {
  return `Did you mean ${text}?`
}

interface SuggestionStyle {
  /** How the candidate is written: with its dashes, its slash, in quotes. */
  readonly write?: (candidate: string) => string
  /** What is returned when no candidate is close. */
  readonly otherwise?: string
}

/** A hint for an unknown name: `Did you mean --model?`, or, when none is close, `Available: a, b`. */
export function suggestionHint(
  wanted: string,
  candidates: readonly string[],
  { write = String, otherwise = `Available: ${candidates.join(', ')}` }: SuggestionStyle = {},
): string {
  const match = closestMatch(wanted, candidates)
  return match === null ? otherwise : didYouMean(write(match))
}

/** The sentence, followed by `Did you mean …?` when a candidate is close. */
export function withSuggestion(
  sentence: string,
  wanted: string,
  candidates: readonly string[],
  write?: (candidate: string) => string,
): string {
  const style = write === undefined ? { otherwise: '' } : { write, otherwise: '' }
  return `${sentence} ${suggestionHint(wanted, candidates, style)}`.trimEnd()
}

/** Insertions, deletions, replacements and swaps of neighbours that turn `from` into `to`. */
export function editDistance(from: string, to: string): number {
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

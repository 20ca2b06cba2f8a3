import { highlightRanges, type TextRange } from './highlight-ranges.ts'
import { type Row, rowText } from './row.ts'
import type { Style } from './style.ts'

/** The row with each occurrence of the words, which are in lower case, in a style. */
export function highlightWords(content: Row, words: readonly string[], style: Style): Row {
  const text = rowText(content).toLowerCase()
  const ranges = words.flatMap((word) => rangesOf(text, word))
  if (ranges.length === 0) return content
  return highlightRanges(content, merged(ranges), style)
}

function rangesOf(text: string, word: string): readonly TextRange[] {
  const ranges: TextRange[] = []
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length))
    ranges.push([at, at + word.length])
  return ranges
}

/** In order and without overlaps. */
function merged(ranges: readonly TextRange[]): readonly TextRange[] {
  const result: TextRange[] = []
  for (const [from, to] of ranges.toSorted(([one], [other]) => one - other)) {
    const last = result.at(-1)
    if (last === undefined || last[1] < from) result.push([from, to])
    else result[result.length - 1] = [last[0], Math.max(last[1], to)]
  }
  return result
}

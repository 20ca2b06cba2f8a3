import { fuzzyMatchWords } from '../../../lib/util/fuzzy.ts'
import type { Styles } from '../../theme/styles.ts'
import { highlightRanges, type TextRange } from '../render/highlight-ranges.ts'
import { type Row, row } from '../render/row.ts'

/** A title with the letters by which it was found. The background of a selected one is enough color. */
export function markedLetters(
  title: string,
  query: string,
  styles: Styles,
  isSelected: boolean,
): Row {
  const at = query.trim() === '' ? [] : (fuzzyMatchWords(title, query)?.at ?? [])
  if (at.length === 0) return row(title)
  const ranges = at.map((place): TextRange => [place, place + 1])
  const strong = highlightRanges(row(title), ranges, styles.strong)
  const style = isSelected ? styles.emphasis : styles.accent
  return highlightRanges(strong, ranges, style)
}

import { mapRanges, type TextRange } from './highlight-ranges.ts'
import { type Row, rowText, styled } from './row.ts'
import type { Style } from './style.ts'

/** The row with each occurrence of the text, which is in lower case, in this style only: another foreground could equal its ground. */
export function highlightText(content: Row, text: string, style: Style): Row {
  const ranges = rangesOf(rowText(content).toLowerCase(), text)
  if (ranges.length === 0) return content
  return mapRanges(content, ranges, (part) => styled(style, rowText(part)))
}

function rangesOf(all: string, text: string): readonly TextRange[] {
  const ranges: TextRange[] = []
  if (text === '') return ranges
  for (let at = all.indexOf(text); at >= 0; at = all.indexOf(text, at + text.length))
    ranges.push([at, at + text.length])
  return ranges
}

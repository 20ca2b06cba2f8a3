import { mapRanges, type TextRange } from './highlight-ranges.ts'
import { type Row, rowText, styled } from './row.ts'
import type { Style } from './style.ts'

/**
 * The row with each occurrence of the text, which is in lower case, in this style only: another foreground could equal its ground.
 * `current`: the number of an occurrence, from 0, and its style.
 */
export function highlightText(
  content: Row,
  text: string,
  style: Style,
  current?: { readonly nth: number; readonly style: Style },
): Row {
  const ranges = rangesOf(rowText(content).toLowerCase(), text)
  if (ranges.length === 0) return content
  let nth = 0
  return mapRanges(content, ranges, (part) =>
    styled(nth++ === current?.nth ? current.style : style, rowText(part)),
  )
}

function rangesOf(all: string, text: string): readonly TextRange[] {
  const ranges: TextRange[] = []
  if (text === '') return ranges
  for (let at = all.indexOf(text); at >= 0; at = all.indexOf(text, at + text.length))
    ranges.push([at, at + text.length])
  return ranges
}

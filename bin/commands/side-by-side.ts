import { rowText } from '../../ui/view/render/row.ts'
import { pad, wrap } from '../../ui/view/render/wrap.ts'

interface TitledText {
  readonly title: string
  readonly text: string
}

/** Below this width two columns of text are hard to read. */
const MIN_COLUMNS = 100
const GAP = ' │ '

/** Two texts in columns, or one after the other where there is no room for two. `columns`: 0 when it is not a terminal. */
export function sideBySide(
  [left, right]: readonly [TitledText, TitledText],
  columns: number,
): string {
  if (columns < MIN_COLUMNS) {
    return [left, right].map(({ title, text }) => `── ${title}\n${text}`).join('\n\n')
  }
  const width = Math.floor((columns - GAP.length) / 2)
  const [one, other] = [left, right].map(({ title, text }) => [
    title,
    '─'.repeat(width),
    ...wrap(text, width).map(rowText),
  ]) as [string[], string[]]
  const height = Math.max(one.length, other.length)
  return Array.from({ length: height }, (_, index) => {
    const cell = rowText(pad(one[index] ?? '', width))
    return `${cell}${GAP}${other[index] ?? ''}`.trimEnd()
  }).join('\n')
}

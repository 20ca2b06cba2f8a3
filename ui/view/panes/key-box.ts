import { largest } from '../../../lib/util/extremes.ts'
import type { RootState } from '../../state/state.ts'
import { EMPTY_ROW, type Row, row, styled } from '../render/row.ts'
import { fitRow, rowWidth } from '../render/wrap.ts'
import type { PlacedContent, Rect } from '../types.ts'
import type { PaneOptions } from './pane.ts'

/** A blank and the border on either side. */
const BORDER_COLUMNS = 4
/** Between two columns of keys. */
const GAP = '   '

/** After the first strokes of a longer binding: what each next key does, above the message; null when there is no room. */
export function renderKeyBox(
  { workbench: { flash } }: RootState,
  composer: Rect,
  { styles }: PaneOptions,
): PlacedContent | null {
  const next = flash?.next ?? []
  const inner = composer.columns - BORDER_COLUMNS
  const strokeColumns = largest(
    next.map(([stroke]) => stroke.length),
    0,
  )
  const cells = next.map(([stroke, title]) =>
    row(styled(styles.accent, stroke.padEnd(strokeColumns)), ' ', styled(styles.text, title)),
  )
  const widest = largest(cells.map(rowWidth), 1)
  const perRow = Math.max(1, Math.floor((inner + GAP.length) / (widest + GAP.length)))
  const count = Math.ceil(cells.length / perRow)
  if (next.length === 0 || inner < 1 || count + 2 > composer.y - 1) return null
  const lines = Array.from({ length: count }, (_, at): Row => {
    const shown = Array.from({ length: perRow }, (__, column) => cells[column * count + at])
    const joined = row(
      ...shown.flatMap((one, column) => [
        column === 0 ? '' : GAP,
        fitRow(one ?? EMPTY_ROW, widest),
      ]),
    )
    const edge = styled(styles.border, '│')
    return row(edge, ' ', fitRow(joined, inner), ' ', edge)
  })
  const line = '─'.repeat(composer.columns - 2)
  const rows = [styled(styles.border, `╭${line}╮`), ...lines, styled(styles.border, `╰${line}╯`)]
  const { x, y, columns } = composer
  return { rect: { x, y: y - rows.length, columns, rows: rows.length }, render: () => ({ rows }) }
}

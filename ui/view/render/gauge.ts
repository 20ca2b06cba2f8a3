import { NEARLY_FULL_SHARE } from '../../../lib/util/quantities.ts'
import type { Styles } from '../../theme/styles.ts'
import { EMPTY_ROW, type Row, row, styled } from './row.ts'

/**
 * A bar of `columns` cells that shows how much of a limit is used. It changes its style and ends in `!` when nearly full, unless
 * the limit is only the largest of several values (`isScale`).
 */
export function gauge(
  used: number,
  limit: number,
  columns: number,
  styles: Styles,
  isScale = false,
): Row {
  if (columns <= 0) return EMPTY_ROW
  const share = limit > 0 ? Math.min(1, Math.max(0, used / limit)) : 0
  const isFull = !isScale && share >= NEARLY_FULL_SHARE
  const cells = isFull ? columns - 1 : columns
  const eighths = Math.round(share * cells * 8)
  const bar = '█'.repeat(Math.floor(eighths / 8)) + (PARTS[eighths % 8] ?? '')
  const style = isFull ? styles.gaugeFull : styles.gauge
  // What is not used of a scale is not left of anything.
  const rest = (isScale ? ' ' : '░').repeat(cells - bar.length)
  return row(styled(style, bar), styled(styles.muted, rest), styled(style, isFull ? '!' : ''))
}

/** The bar of a limit that is worth a warning only when it is near; none below a half of it. */
export function gaugeFromHalf(used: number, limit: number, columns: number, styles: Styles): Row {
  return used * 2 < limit ? EMPTY_ROW : gauge(used, limit, columns, styles)
}

const PARTS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

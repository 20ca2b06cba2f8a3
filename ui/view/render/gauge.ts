import type { Styles } from '../../theme/styles.ts'

/** A bar of `columns` cells for how much of a limit is used; it changes its style, and ends in `!`, when nearly full. */
export function gauge(used: number, limit: number, columns: number, styles: Styles): string {
  if (columns <= 0) return ''
  const share = limit > 0 ? Math.min(1, Math.max(0, used / limit)) : 0
  const isFull = share >= NEARLY_FULL
  const cells = isFull ? columns - 1 : columns
  const eighths = Math.round(share * cells * 8)
  const whole = Math.floor(eighths / 8)
  const bar = '█'.repeat(whole) + (PARTS[eighths % 8] ?? '')
  const rest = '░'.repeat(cells - bar.length)
  return (
    (isFull ? styles.gaugeFull : styles.gauge)(bar) +
    styles.muted(rest) +
    (isFull ? styles.gaugeFull('!') : '')
  )
}

const NEARLY_FULL = 0.9
const PARTS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

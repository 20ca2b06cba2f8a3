import { largest } from '../../../lib/util/extremes.ts'
import type { PageLine } from '../../state/state.ts'
import type { Styles } from '../../theme/styles.ts'
import { gauge } from '../render/gauge.ts'
import { EMPTY_ROW, type Row, row, styled } from '../render/row.ts'
import { clean, cleanLine, revealLine } from '../render/sanitize.ts'
import type { Style } from '../render/style.ts'
import { textWidth } from '../render/width.ts'
import { fitRow, truncate, wrap } from '../render/wrap.ts'

/** The maximum width of a gauge in cells, and its share of a narrow page. */
const GAUGE = 16
const GAUGE_SHARE = 0.2

/** A page of facts: names in the first column, values in the second. */
export function pageRows(
  lines: readonly PageLine[],
  columns: number,
  styles: Styles,
): readonly Row[] {
  const names = lines.map((line) => ('name' in line ? textWidth(cleanLine(line.name)) : 0))
  const width = Math.min(largest(names, 0), Math.floor(columns / 2))
  return lines.flatMap((line) => rowsOf(line, width, columns, styles))
}

/** The columns that show each fact in one row. */
export function pageColumns(lines: readonly PageLine[]): number {
  const names = lines.map((line) => ('name' in line ? textWidth(cleanLine(line.name)) : 0))
  const values = lines.map((line) => {
    if (line.type === 'fact') return textWidth(cleanLine(line.value))
    return line.type === 'gauge' ? GAUGE + 1 + textWidth(cleanLine(line.value)) : 0
  })
  return largest(names, 0) + 2 + largest(values, 0)
}

function rowsOf(line: PageLine, width: number, columns: number, styles: Styles): readonly Row[] {
  switch (line.type) {
    case 'heading':
      return [truncate(styled(styles.heading, cleanLine(line.text)), columns)]
    case 'text':
      return line.text === '' ? [EMPTY_ROW] : wrap(styled(styles.muted, clean(line.text)), columns)
    case 'grant':
      return wrap(styled(styles.text, revealLine(line.text)), columns, {
        indent: '• ',
        hang: '  ',
      })
    case 'fact':
      return wrap(styled(styles.text, clean(line.value)), columns, {
        indent: row(styled(styles.muted, fitRow(cleanLine(line.name), width)), '  '),
        hang: ' '.repeat(width + 2),
      })
    case 'diff':
      return wrap(styled(diffStyle(line.sign, styles), clean(line.text)), columns, {
        indent: styled(diffStyle(line.sign, styles), line.sign === '@' ? '' : `${line.sign} `),
        hang: '  ',
      })
    case 'gauge': {
      const name = styled(styles.muted, fitRow(cleanLine(line.name), width))
      const cells = Math.min(GAUGE, Math.floor(columns * GAUGE_SHARE))
      const bar = gauge(line.used, line.limit, cells, styles, line.isScale)
      const value = styled(styles.text, cleanLine(line.value))
      return [truncate(row(name, '  ', bar, ' ', value), columns)]
    }
  }
}

function diffStyle(sign: Extract<PageLine, { type: 'diff' }>['sign'], styles: Styles): Style {
  if (sign === '+') return styles.diffAdded
  if (sign === '-') return styles.diffRemoved
  return sign === '@' ? styles.muted : styles.text
}

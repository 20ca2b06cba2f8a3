import type { Passage } from '../../../lib/session/state/memory.ts'
import { timeAgo } from '../../../lib/util/time-ago.ts'
import type { WorkbenchCommandId } from '../../messages/commands.ts'
import type { ArchivalPage } from '../../state/archival.ts'
import type { RootState } from '../../state/state.ts'
import type { Styles } from '../../theme/styles.ts'
import { archivalTexts as texts } from '../messages/memory.ts'
import { EMPTY_ROW, type Row, row, styled } from '../render/row.ts'
import { clean, cleanLine } from '../render/sanitize.ts'
import { fitRow, truncate, wrap } from '../render/wrap.ts'
import type { Size } from '../types.ts'
import { keyHints } from './key-hints.ts'
import type { PaneOptions, PaneView } from './pane.ts'

const AGE_COLUMNS = 14
/** Rows of a passage that is not selected. */
const COLLAPSED_ROWS = 2
/** Heading, rule and the row of keys. */
const FIXED_ROWS = 3

/** The passages of archival memory: the selected one in full. */
export function archivalView(
  state: RootState,
  page: ArchivalPage,
  size: Size,
  options: PaneOptions,
): PaneView {
  const { styles } = options
  const height = Math.max(1, size.rows - FIXED_ROWS)
  const passages = page.passages ?? []
  const note = page.passages === null ? '' : texts.count(passages.length)
  const query =
    page.query === '' ? '' : styled(styles.accent, `  ${texts.query(cleanLine(page.query))}`)
  const head = truncate(row(styled(styles.strong, texts.title), query), size.columns)
  const body =
    passages.length === 0
      ? wrap(styled(styles.muted, emptyText(page)), size.columns)
      : listRows(state, page, { columns: size.columns, rows: height }, styles)
  const blank = Array.from({ length: Math.max(0, height - body.length) }, () => EMPTY_ROW)
  const rule = styled(styles.border, '─'.repeat(size.columns))
  const rows = [head, rule, ...body.slice(0, height), ...blank, keysRow(size.columns, options)]
  return { rows: rows.slice(0, size.rows), note }
}

function emptyText({ passages, isUnsupported, problem, query }: ArchivalPage): string {
  if (problem !== null) return clean(problem)
  if (isUnsupported) return texts.unsupported
  if (passages === null) return texts.reading
  return query === '' ? texts.none : texts.noMatch
}

/** Around the selected passage, from its first row. */
function listRows(
  { workbench }: RootState,
  { passages, selected }: ArchivalPage,
  { columns, rows: height }: Size,
  styles: Styles,
): readonly Row[] {
  const isActive = workbench.focus === 'memory'
  const rows: Row[] = []
  const all = passages ?? []
  // Each passage has at most two rows, so that this many above fill the page.
  const from = Math.max(0, selected - Math.floor(height / (2 * COLLAPSED_ROWS)))
  let top = 0
  for (let at = from; at < all.length && rows.length < top + height; at++) {
    const passage = all[at]
    if (passage === undefined) break
    const isSelected = at === selected
    const own = passageRows(passage, { isSelected, now: workbench.now, columns }, styles)
    if (isSelected) top = Math.max(0, rows.length + own.length - height)
    rows.push(
      ...own.map((line, index) =>
        isSelected && isActive && index === 0
          ? styled(styles.selection, fitRow(line, columns))
          : line,
      ),
    )
  }
  return rows.slice(Math.max(0, Math.min(top, rows.length - 1)))
}

function passageRows(
  { text, tags, at }: Passage,
  {
    isSelected,
    now,
    columns,
  }: { readonly isSelected: boolean; readonly now: number; readonly columns: number },
  styles: Styles,
): readonly Row[] {
  const age = at === 0 ? '' : timeAgo(Math.max(0, now - at))
  const indent = row(isSelected ? '▸ ' : '  ', styled(styles.muted, fitRow(age, AGE_COLUMNS)))
  const marks =
    tags.length === 0 ? '' : styled(styles.accent, `  ${tags.map(cleanLine).join(', ')}`)
  const shown = isSelected ? clean(text) : cleanLine(text.slice(0, COLLAPSED_ROWS * columns))
  const lines = wrap(row(styled(isSelected ? styles.text : styles.muted, shown), marks), columns, {
    indent,
    hang: ' '.repeat(AGE_COLUMNS + 2),
  })
  return isSelected ? lines : lines.slice(0, COLLAPSED_ROWS)
}

const HINTS: readonly (readonly [command: WorkbenchCommandId, text: string])[] = [
  ['archival.find', texts.find],
  ['archival.insert', texts.insert],
  ['archival.insertOutside', texts.insertOutside],
  ['archival.delete', texts.delete],
  ['archival.copy', texts.copy],
  ['messages.search', texts.searchMessages],
  ['archival.close', texts.close],
]

function keysRow(columns: number, { styles, key }: PaneOptions): Row {
  return truncate(styled(styles.muted, keyHints(HINTS, key).join('  ')), columns)
}

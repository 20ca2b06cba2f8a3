import type { ChangesScope } from '../../../lib/session/state/changes.ts'
import { shownChanges } from '../../../lib/session/state/selectors.ts'
import {
  changesRows,
  isSelectable,
  selectedChangesRow,
  shownComparison,
  turnOf,
  versionsOf,
} from '../../state/changes-rows.ts'
import type { RootState } from '../../state/state.ts'
import type { Styles } from '../../theme/styles.ts'
import { changesTexts } from '../messages/changes.ts'
import { pageTitles, paneTitles } from '../messages/panes.ts'
import { type DiffRows, renderDiff } from '../render/diff.ts'
import { EMPTY_ROW, type Row, row, styled } from '../render/row.ts'
import { cleanLine } from '../render/sanitize.ts'
import { rowWidth, truncate, wrap } from '../render/wrap.ts'
import type { Rect, Size } from '../types.ts'
import { changesRow } from './changes-row.ts'
import { type ListPlaces, listAndDetail } from './list-and-detail.ts'
import type { Pane, PaneOptions } from './pane.ts'
import { firstAround } from './virtual-list.ts'

/** What changed in this session, or since a message: the files and turns, and the diff of the selected one next to or below them. */
export const changes: Pane = {
  id: 'changes',
  isUntyped: true,
  title: ({ workbench, session }) =>
    workbench.page === 'chat' ? pageTitles.changes : changesTitle(session.changes.listed.scope),
  render(state, size, options) {
    const { changes } = state.session
    const isPage = state.workbench.page !== 'chat'
    const summary = isPage ? changes.listed.summary : shownChanges(state.session)
    const total = changesTexts.total(summary.files.length, summary.added, summary.removed)
    if (!isPage) return { rows: fileRows(state, size, options.styles), note: total }
    const { gap } = changes.listed
    const note = gap === undefined ? total : `${changesTexts.gaps[gap.reason]} · ${total}`
    if (summary.files.length === 0 && summary.turns.length === 0) {
      const empty = changesTexts.empty[changes.listed.scope.type]
      const text = gap === undefined ? empty : `${empty} ${changesTexts.gapNotes[gap.reason]}`
      return { rows: wrap(styled(options.styles.muted, text), size.columns) }
    }
    const parts = changesParts(size)
    const list = listRows(state, parts.list, options.styles)
    const detail = detailRows(state, parts.detail, options)
    const rows = listAndDetail(list, detail, parts, options.styles)
    return { rows: rows.slice(0, size.rows), note }
  },
}

function changesTitle(scope: ChangesScope): string {
  if (scope.type === 'checkpoint') return paneTitles.changesSince(cleanLine(scope.text))
  return scope.type === 'session' ? paneTitles.changes : paneTitles.changesOfConversation
}

/** The files in the side column, those that do not fit counted. */
function fileRows({ session, workbench }: RootState, size: Size, styles: Styles): readonly Row[] {
  const { files } = shownChanges(session)
  const columns = size.columns - 1
  const place = { columns, styles, isSelected: false, hasFocus: false, now: workbench.now }
  const count = files.length <= size.rows ? files.length : Math.max(0, size.rows - 1)
  const rows = files
    .slice(0, count)
    .map((file) => changesRow({ type: 'file', id: file.path, file }, place))
  const left = files.length - count
  const more = styled(styles.muted, `  ${changesTexts.moreFiles(left)}`)
  return left > 0 ? [...rows, truncate(more, columns)] : rows
}

const WIDE_COLUMNS = 98
const MIN_LIST_COLUMNS = 30
/** A line with a blank on either side. */
const LINE_COLUMNS = 3

/** The list is to the left of the diff on a wide screen, otherwise above it. */
export function changesParts({ columns, rows }: Size): ListPlaces {
  const isWide = columns >= WIDE_COLUMNS
  if (isWide) {
    const list = Math.max(MIN_LIST_COLUMNS, Math.floor(columns * 0.3))
    const detail = { columns: columns - list - LINE_COLUMNS, rows }
    return { isWide, list: { columns: list, rows }, detail }
  }
  const above = Math.min(rows, Math.max(3, Math.floor(rows * 0.4)))
  return {
    isWide,
    list: { columns, rows: above },
    detail: { columns, rows: Math.max(0, rows - above - 1) },
  }
}

/** The rows of the diff that is shown; null while it is compared, and when there is none. */
export function changesSheet(
  state: RootState,
  columns: number,
  options: Pick<PaneOptions, 'styles' | 'formatter'>,
): DiffRows | null {
  const shown = shownComparison(state)
  if (shown === null || shown.type !== 'text') return null
  return renderDiff(shown.preview, columns - MARK_COLUMNS, options)
}

/** The bar in front of the hunk that keys apply to. */
const MARK_COLUMNS = 1

/** The first visible row of the diff. */
export function firstChangesRow({ workbench }: RootState, sheet: DiffRows, height: number): number {
  const { changes: scroll } = workbench.scroll
  const last = Math.max(0, sheet.count - height)
  return scroll.type === 'end' ? last : Math.min(scroll.row, last)
}

/** The hunk that keys apply to: there are fewer of them after an undo. */
export function currentHunk({ workbench }: RootState, { hunkRows }: DiffRows): number {
  return Math.max(0, Math.min(hunkRows.length - 1, workbench.changes.hunk))
}

/** The file, turn or change in the list of the page at a place in the pane. */
export function changeIdAt(
  state: RootState,
  size: Size,
  { x, y }: Pick<Rect, 'x' | 'y'>,
): string | null {
  const { list } = changesParts(size)
  if (x < 0 || x >= list.columns || y >= list.rows) return null
  const clicked = visibleList(state, list.rows).visible[y]
  return clicked !== undefined && isSelectable(clicked) ? clicked.id : null
}

/** The rows of the list that are visible, and which of them is selected. */
function visibleList(state: RootState, rows: number) {
  const all = changesRows(state.session.changes.listed.summary)
  const selected = selectedChangesRow(state)
  const at = all.findIndex((one) => isSelectable(one) && one.id === selected?.id)
  const top = firstAround(at, rows, all.length)
  return { visible: all.slice(top, top + rows), at: at - top }
}

/** The part of the list around the selected row. */
function listRows(state: RootState, { columns, rows }: Size, styles: Styles): readonly Row[] {
  const { visible, at } = visibleList(state, rows)
  const hasFocus = state.workbench.focus === 'changes'
  const shown = visible.map((one, index) => {
    const isSelected = index === at
    const { now } = state.workbench
    const staged = state.session.git?.staged
    return changesRow(one, { columns, styles, isSelected, hasFocus, now, staged })
  })
  return [...shown, ...Array.from({ length: rows - shown.length }, () => EMPTY_ROW)]
}

function detailRows(state: RootState, size: Size, options: PaneOptions): readonly Row[] {
  const filled = (rows: readonly Row[]): readonly Row[] => [
    ...rows.slice(0, size.rows),
    ...Array.from({ length: Math.max(0, size.rows - rows.length) }, () => EMPTY_ROW),
  ]
  const sheet = changesSheet(state, size.columns, options)
  if (sheet === null) return filled(withoutDiff(state, size.columns, options.styles))
  const top = firstChangesRow(state, sheet, size.rows)
  const hunk = currentHunk(state, sheet)
  const isFocused = state.workbench.focus === 'changes'
  const stages = shownComparison(state)?.stages ?? []
  return filled(
    sheet.slice(top, top + size.rows).map((content, index) => {
      const at = sheet.hunkAt(top + index)
      const isCurrent = isFocused && at === hunk
      const bar = isCurrent ? styled(options.styles.accent, '▌') : ' '
      const stage = (sheet.hunkRows[at] === top + index ? stages[at] : null) ?? null
      if (stage === null) return row(bar, content)
      const mark = styled(options.styles.accent, `  ${changesTexts.stages[stage]}`)
      const room = Math.max(1, size.columns - MARK_COLUMNS - rowWidth(mark))
      return row(bar, truncate(content, room), mark)
    }),
  )
}

/** A turn with several changes, and files that cannot be compared by lines. */
function withoutDiff(state: RootState, columns: number, styles: Styles): readonly Row[] {
  const selected = selectedChangesRow(state)
  if (selected === null) return []
  const shown = shownComparison(state)
  if (versionsOf(selected) !== null) {
    const text = shown === null ? changesTexts.comparing : changesTexts.withoutLines[shown.type]
    return [truncate(row(' ', styled(styles.muted, text)), columns)]
  }
  const turn = turnOf(selected, state.session.changes.listed.summary)
  if (turn === null) return []
  const title = styled(styles.user, cleanLine(turn.text ?? changesTexts.unknownMessage))
  const now = state.workbench.now
  return [
    ...wrap(title, columns - 1, { indent: ' ' }),
    EMPTY_ROW,
    ...turn.changes.map((change) =>
      changesRow(
        { type: 'change', id: '', change, turn },
        { columns, styles, isSelected: false, hasFocus: false, now },
      ),
    ),
  ]
}

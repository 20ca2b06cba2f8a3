import type { SessionState } from '../../lib/session/state/session-state.ts'
import type { UndoSelection } from '../../lib/tools/journal/journal.ts'
import type {
  ChangedFile,
  ChangedTurn,
  ChangeSummary,
  TurnChange,
} from '../../lib/tools/journal/summarize-changes.ts'
import type { Hunk } from '../../lib/util/unified-diff.ts'
import type { RootState } from './state.ts'

export type FileGroup = 'agent' | 'shell' | 'others'

/** A row of the list of changes. Those with an id can be selected. */
export type ChangesRow =
  | { readonly type: 'group'; readonly group: FileGroup | 'turns' }
  | {
      readonly type: 'file'
      readonly id: string
      readonly file: ChangedFile
      /** What others have changed in a file of the agent. */
      readonly isOutside?: true
    }
  | { readonly type: 'turn'; readonly id: string; readonly turn: ChangedTurn }
  | {
      readonly type: 'change'
      readonly id: string
      readonly change: TurnChange
      readonly turn: ChangedTurn
      /** What a person has made of the change before it was applied. */
      readonly isOwn?: true
    }
export type SelectableRow = Exclude<ChangesRow, { type: 'group' }>

/** The files, by who changed them, and the turns with their changes. */
export function changesRows({ files, outside = [], turns }: ChangeSummary): readonly ChangesRow[] {
  const rows: ChangesRow[] = []
  for (const group of ['agent', 'shell', 'others'] as const) {
    const own = files.filter((file) => groupOf(file) === group)
    const shared = group === 'others' ? outside : []
    if (own.length + shared.length > 0) rows.push({ type: 'group', group })
    for (const file of own) rows.push({ type: 'file', id: `file ${file.path}`, file })
    for (const file of shared)
      rows.push({ type: 'file', id: `outside ${file.path}`, file, isOutside: true })
  }
  if (turns.length > 0) rows.push({ type: 'group', group: 'turns' })
  for (const turn of turns) {
    rows.push({ type: 'turn', id: `turn ${turn.turnId}`, turn })
    for (const change of turn.changes) {
      rows.push({ type: 'change', id: `change ${change.id}`, change, turn })
      const { own, ...rest } = change
      if (own === undefined) continue
      const part = { ...rest, ...own, mode: null, modeAfter: null }
      rows.push({ type: 'change', id: `own ${change.id}`, change: part, turn, isOwn: true })
    }
  }
  return rows
}

function groupOf({ sources }: ChangedFile): FileGroup {
  if (sources.includes('tool')) return 'agent'
  return sources.includes('shell') ? 'shell' : 'others'
}

export function isSelectable(row: ChangesRow): row is SelectableRow {
  return row.type !== 'group'
}

/** The row that keys apply to: the selected one, else the first. */
export function selectedChangesRow({ session, workbench }: RootState): SelectableRow | null {
  const rows = changesRows(session.changes.listed.summary).filter(isSelectable)
  return rows.find(({ id }) => id === workbench.changes.selected) ?? rows[0] ?? null
}

type Versions = Pick<ChangedFile, 'path' | 'label' | 'before' | 'after' | 'modeAfter'> &
  Partial<Pick<ChangedFile, 'mode'>>

/** The versions that the row compares; null for a turn with several changes. */
export function versionsOf(row: SelectableRow | null): Versions | null {
  if (row === null) return null
  if (row.type === 'file') return row.file
  if (row.type === 'change') return row.change
  const [change, ...others] = row.turn.changes
  return others.length === 0 ? (change ?? null) : null
}

/** The comparison of the selected row; null while it is requested, and for a turn with several changes. */
export function shownComparison(state: RootState): SessionState['changes']['comparison'] {
  const { comparison } = state.session.changes
  const wanted = versionsOf(selectedChangesRow(state))
  if (comparison === null || wanted === null) return null
  const { mode, modeAfter } = comparison
  const isSame =
    comparison.path === wanted.path &&
    comparison.before === wanted.before &&
    comparison.after === wanted.after &&
    // Absent in older recordings.
    (mode === undefined || mode === (wanted.mode ?? null)) &&
    (modeAfter === undefined || modeAfter === (wanted.modeAfter ?? null))
  return isSame ? comparison : null
}

/** The turn that the row belongs to; the newest one of a file. */
export function turnOf(row: SelectableRow, { turns }: ChangeSummary): ChangedTurn | null {
  if (row.type !== 'file') return row.turn
  return turns.find(({ turnId }) => row.file.turnIds.includes(turnId)) ?? null
}

/** What undoing the complete row reverts. */
export function undoOfRow(row: SelectableRow): UndoSelection {
  if (row.type === 'turn') return { turnId: row.turn.turnId }
  if (row.type === 'file' && row.isOutside !== true) return { ids: row.file.ids }
  if (row.type === 'change' && row.isOwn !== true) return { ids: [row.change.id] }
  const { path, before, after, diff } = row.type === 'file' ? row.file : row.change
  const lines = Array.from({ length: diff.added + diff.removed }, (_, at) => at)
  return { lines: { path, before, after, lines } }
}

/** The numbers of the changed lines of a hunk, as in `RejectedLines`. */
export function changedLinesOf(hunks: readonly Hunk[], index: number): readonly number[] {
  const count = (hunk: Hunk | undefined): number =>
    hunk?.lines.filter(({ type }) => type !== 'context').length ?? 0
  const before = hunks.slice(0, index).reduce((sum, hunk) => sum + count(hunk), 0)
  return Array.from({ length: count(hunks[index]) }, (_, at) => before + at)
}

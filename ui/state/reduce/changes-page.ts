import type { SessionState } from '../../../lib/session/state/session-state.ts'
import { changesRows, isSelectable, selectedChangesRow } from '../changes-rows.ts'
import type { RootState, WorkbenchState } from '../state.ts'
import { withScroll } from './panes.ts'

/** When the selected row leaves the list, the row after it is selected, else the one before it. */
export function keepChangesPlace(root: RootState, session: SessionState): WorkbenchState {
  const { workbench: state } = root
  const selected = selectedChangesRow(root)
  if (selected === null) return state
  const before = changesRows(root.session.changes.listed.summary).filter(isSelectable)
  const after = changesRows(session.changes.listed.summary).filter(isSelectable)
  const ids = new Set(after.map(({ id }) => id))
  if (ids.has(selected.id))
    return { ...state, changes: { ...state.changes, selected: selected.id } }
  const at = before.findIndex(({ id }) => id === selected.id)
  const isListed = ({ id }: { readonly id: string }): boolean => ids.has(id)
  const next = before.slice(at + 1).find(isListed) ?? before.slice(0, at).findLast(isListed)
  return {
    ...withScroll(state, 'changes', { type: 'item', item: '', row: 0 }),
    changes: { ...state.changes, selected: next?.id ?? null, hunk: 0, isChosen: false },
  }
}

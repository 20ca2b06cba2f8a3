import type { ChangesPort } from '../../lib/session/ports/changes.ts'
import { DEFAULT_CONTEXT } from '../../lib/util/widen-hunks.ts'
import { selectedChangesRow, shownComparison, versionsOf } from '../state/changes-rows.ts'
import type { RootStore } from './render-scheduler.ts'

/** While the changes page is open, the selected row is compared. Each comparison is requested once. */
export function compareSelectedChange(
  root: RootStore,
  changes: () => Pick<ChangesPort, 'compare'>,
): void {
  let requested = ''
  root.subscribe((state) => {
    if (state.workbench.page !== 'changes') return
    const wanted = versionsOf(selectedChangesRow(state))
    const { context } = state.workbench.changes
    const key = wanted === null ? '' : `${wanted.path} ${wanted.before} ${wanted.after} ${context}`
    if (key === requested || wanted === null) return
    const shown = shownComparison(state)
    if (shown !== null && (shown.context ?? DEFAULT_CONTEXT) === context) return
    requested = key
    void changes().compare(wanted, context)
  })
}

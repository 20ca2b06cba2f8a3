import type { ChangesPort } from '../../lib/session/ports/changes.ts'
import { DEFAULT_CONTEXT } from '../../lib/util/widen-hunks.ts'
import { selectedChangesRow, shownComparison, versionsOf } from '../state/changes-rows.ts'
import type { RootStore } from './render-scheduler.ts'

/** While the changes page is open, the selected row is compared, again after git has changed. Each comparison is requested once. */
export function compareSelectedChange(
  root: RootStore,
  changes: () => Pick<ChangesPort, 'compare'>,
): void {
  let requested = ''
  let { git } = root.state.session
  root.subscribe((state) => {
    if (state.workbench.page !== 'changes') return
    const wanted = versionsOf(selectedChangesRow(state))
    const { context } = state.workbench.changes
    const isOther = state.session.git !== git
    git = state.session.git
    const key = wanted === null ? '' : keyOf(wanted, context)
    if ((key === requested && !isOther) || wanted === null) return
    const shown = shownComparison(state)
    const isShown = shown !== null && (shown.context ?? DEFAULT_CONTEXT) === context
    if (isShown && !isOther) return
    requested = key
    void changes().compare(wanted, context)
  })
}

function keyOf(
  { path, before, after, mode, modeAfter }: NonNullable<ReturnType<typeof versionsOf>>,
  context: number,
): string {
  return [path, before, after, mode ?? '', modeAfter ?? '', context].join(' ')
}

import type { ChangesPort } from '../../lib/session/ports/changes.ts'
import type { RootStore } from './render-scheduler.ts'

/** Looks for what others have changed in files when the page of changes is opened, and when the person comes back to it. */
export function refreshChangesOnFocus(
  root: RootStore,
  changes: () => Pick<ChangesPort, 'refresh'>,
): void {
  let { terminalFocused, page } = root.state.workbench
  root.subscribe(({ workbench }) => {
    const isNew = workbench.page !== page || (workbench.terminalFocused && !terminalFocused)
    terminalFocused = workbench.terminalFocused
    page = workbench.page
    if (isNew && page === 'changes') void changes().refresh()
  })
}

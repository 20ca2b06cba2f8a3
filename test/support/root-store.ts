import type { SessionEvent } from '../../lib/session/events.ts'
import { emptySession } from '../../lib/session/state/session-state.ts'
import { createStore, type Store } from '../../lib/store.ts'
import type { WorkbenchEvent } from '../../ui/state/events.ts'
import { initialWorkbench } from '../../ui/state/reduce/initial-workbench.ts'
import { reduceRoot } from '../../ui/state/reduce/root.ts'
import type { RootState } from '../../ui/state/state.ts'

/** A store as the workbench has it, without session or terminal. The time of its state is 0. */
export function createRootStore(): Store<RootState, SessionEvent | WorkbenchEvent> {
  return createStore<RootState, SessionEvent | WorkbenchEvent>(
    {
      session: emptySession('/project', 0),
      workbench: initialWorkbench({ columns: 120, rows: 36 }, 0, 'dark'),
    },
    reduceRoot,
  )
}

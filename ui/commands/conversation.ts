import type { Entry } from '../../lib/session/state/entry.ts'
import { NOTHING_TO_RETRY } from '../messages/entries.ts'
import { isExpandable } from '../view/panes/entry.ts'
import { COPY_COMMANDS } from './copy.ts'
import { ENTRY_ACTIONS } from './entry-actions.ts'
import { ENTRY_COMMANDS, toggleEntry } from './entry-cursor.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

export const CONVERSATION_PANE_COMMANDS: readonly WorkbenchCommand[] = [
  ...ENTRY_COMMANDS,
  ...COPY_COMMANDS,
  ...ENTRY_ACTIONS,
  {
    id: 'conversation.retry',
    unavailable: ({ session: { failedTurn, retryWaits } }) =>
      failedTurn === null && retryWaits.length === 0 ? NOTHING_TO_RETRY : null,
    run({ session, root }) {
      if (root.state.session.retryWaits.length > 0) session.turns.retryNow()
      else session.turns.retry()
    },
  },
  {
    id: 'conversation.expand',
    run(context) {
      const last = entriesOf(context).findLast((one) => one.type !== 'notice' && isExpandable(one))
      if (last !== undefined) toggleEntry(context, last.id)
    },
  },
]

function entriesOf({ root }: WorkbenchContext): readonly Entry[] {
  const { settled, current } = root.state.session
  return [...settled, ...current]
}

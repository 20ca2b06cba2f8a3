import type { Entry } from '../../lib/session/state.ts'
import { COPY_COMMANDS } from './copy.ts'
import { ENTRY_COMMANDS, isFoldable, toggleEntry } from './entry-cursor.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

export const CONVERSATION_COMMANDS: readonly WorkbenchCommand[] = [
  ...ENTRY_COMMANDS,
  ...COPY_COMMANDS,
  {
    id: 'conversation.expand',
    run(context) {
      const last = entriesOf(context).findLast(isFoldable)
      if (last !== undefined) toggleEntry(context, last.id)
    },
  },
]

function entriesOf({ root }: WorkbenchContext): readonly Entry[] {
  const { settled, current } = root.state.session
  return [...settled, ...current]
}

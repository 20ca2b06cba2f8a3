import type { Entry } from '../../lib/session/state.ts'
import { copied, NOTHING_TO_COPY, TOO_LONG_TO_COPY } from '../messages/notices.ts'
import { ENTRY_COMMANDS, isFoldable, toggleEntry } from './entry-cursor.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

export const CONVERSATION_COMMANDS: readonly WorkbenchCommand[] = [
  ...ENTRY_COMMANDS,
  {
    id: 'conversation.expand',
    run(context) {
      const last = entriesOf(context).findLast(isFoldable)
      if (last !== undefined) toggleEntry(context, last.id)
    },
  },
  {
    id: 'conversation.copy',
    slash: 'copy',
    run(context) {
      const answer = entriesOf(context).findLast((entry) => entry.type === 'assistant')
      const text = answer?.type === 'assistant' ? answer.text : ''
      if (text === '') flash(context, NOTHING_TO_COPY)
      else flash(context, context.copy(text) ? copied(text.length) : TOO_LONG_TO_COPY)
    },
  },
]

function entriesOf({ root }: WorkbenchContext): readonly Entry[] {
  const { settled, current } = root.state.session
  return [...settled, ...current]
}

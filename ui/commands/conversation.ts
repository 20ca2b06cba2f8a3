import type { Entry } from '../../lib/session/state.ts'
import { copied, NOTHING_TO_COPY, TOO_LONG_TO_COPY } from '../messages/notices.ts'
import { firstVisible } from './scroll.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

export const CONVERSATION_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'entry.toggle',
    hidden: true,
    run: toggleTopmost,
  },
  {
    id: 'conversation.expand',
    run(context) {
      const last = entriesOf(context).findLast(isFoldable)
      if (last !== undefined) context.root.dispatch({ type: 'entry.toggled', id: last.id })
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

function isFoldable(entry: Entry): boolean {
  return entry.type === 'tool' || entry.type === 'reasoning'
}

function toggleTopmost(context: WorkbenchContext): void {
  const first = firstVisible(context)
  const entries = entriesOf(context)
  const from = Math.max(
    0,
    entries.findIndex((entry) => entry.id === first),
  )
  const entry = entries.slice(from).find(isFoldable) ?? entries.findLast(isFoldable)
  if (entry !== undefined) context.root.dispatch({ type: 'entry.toggled', id: entry.id })
}

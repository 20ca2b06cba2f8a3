import type { Entry } from '../../lib/session/state.ts'
import { firstVisible } from './scroll.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

export const CONVERSATION_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'entry.toggle',
    title: 'Show the topmost reasoning or tool call whole, or fold it',
    hidden: true,
    run: toggleTopmost,
  },
  {
    id: 'conversation.expand',
    title: 'Show the last tool call or reasoning whole, or fold it',
    run(context) {
      const last = entriesOf(context).findLast(isFoldable)
      if (last !== undefined) context.root.dispatch({ type: 'entry.toggled', id: last.id })
    },
  },
  {
    id: 'conversation.copy',
    title: 'Copy the last answer',
    slash: 'copy',
    run(context) {
      const answer = entriesOf(context).findLast((entry) => entry.type === 'assistant')
      const text = answer?.type === 'assistant' ? answer.text : ''
      const told =
        text === ''
          ? 'There is no answer to copy yet.'
          : context.copy(text)
            ? `Sent ${text.length} characters to the clipboard.`
            : 'The answer is too long for the terminal’s clipboard.'
      context.root.dispatch({ type: 'flash.shown', level: 'info', text: told })
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

import type { JournalEntry, UndoSelection } from '../../lib/tools/files/journal.ts'
import { timeAgo } from '../../lib/util/time-ago.ts'
import type { PickerItem } from '../state/state.ts'
import { openPicker } from './open-overlay.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

/** Taking back what tools changed in files. Shell commands are not in the journal, and the list says so. */
export const UNDO_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'files.undo',
    title: 'Take back changes that tools made to files',
    slash: 'undo',
    unavailable: ({ session }) =>
      session.turn.type === 'running' ? 'A turn is running: cancel it first (Esc).' : null,
    async run(context) {
      const entries = await context.session.changes.list()
      const open = entries.filter((entry) => !entry.undone)
      if (open.length === 0) {
        const text = 'Tools changed no file here that could be taken back.'
        context.root.dispatch({ type: 'flash.shown', level: 'info', text })
        return
      }
      openPicker(context, TITLE, undoItems(open, context))
    },
  },
]

/** All of the changes, or none when a file was modified since. */
export async function undoChanges(
  { session }: WorkbenchContext,
  selection: UndoSelection,
): Promise<void> {
  const paths = await session.changes.undo(selection)
  session.notify('info', `Taken back: ${paths.join(', ')}`)
}

const TITLE = 'Take back (what shell commands changed is not listed)'

/** Each change by itself, and before the last of a turn the whole turn and all since. */
function undoItems(
  entries: readonly JournalEntry[],
  { now, root }: WorkbenchContext,
): readonly PickerItem[] {
  const { directory } = root.state.session
  const shown = (path: string): string =>
    path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path
  const items: PickerItem[] = []
  for (const [index, entry] of entries.entries()) {
    const turn = entries.filter((other) => other.turnId === entry.turnId)
    const when = timeAgo(now() - entry.at)
    const item = (selection: UndoSelection, title: string, detail: string): void => {
      items.push({ title, detail, current: false, action: { type: 'files.undo', selection } })
    }
    if (turn[0] === entry && turn.length > 1) {
      item({ turnId: entry.turnId }, `The whole turn: ${turn.length} changes`, when)
    }
    item({ callId: entry.callId }, `${entry.tool} ${shown(entry.path)}`, when)
    if (turn.at(-1) === entry && index > turn.length - 1) {
      item({ sinceId: entry.id }, 'Everything since then', `${index + 1} changes`)
    }
  }
  return items
}

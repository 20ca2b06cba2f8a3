import type { JournalEntry, UndoSelection } from '../../lib/tools/journal/journal.ts'
import { NOTHING_TO_UNDO } from '../../lib/tools/messages/journal.ts'
import { plural } from '../../lib/util/quantities.ts'
import { timeAgo } from '../../lib/util/time-ago.ts'
import { PICKER_TITLES } from '../messages/program.ts'
import { UNDO_SINCE, undoTurn } from '../messages/undo.ts'
import type { PickerItem } from '../state/state.ts'
import { openPicker } from './open-overlay.ts'
import {
  flash,
  needsIdle,
  type WorkbenchCommand,
  type WorkbenchContext,
} from './workbench-command.ts'

/** Undoing what was changed in files. */
export const UNDO_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'files.undo',
    unavailable: needsIdle,
    async run(context) {
      const entries = await context.session.changes.list()
      const open = entries.filter((entry) => !entry.undone)
      if (open.length === 0) {
        flash(context, NOTHING_TO_UNDO)
        return
      }
      openPicker(context, PICKER_TITLES.undo, undoItems(open, context))
    },
  },
]

/** Each change; before the first of a turn that has several, the turn; after its last one, everything since. */
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
      item({ turnId: entry.turnId }, undoTurn(turn.length), when)
    }
    item({ callId: entry.callId }, `${entry.tool} ${shown(entry.path)}`, when)
    if (turn.at(-1) === entry && index > turn.length - 1) {
      item({ sinceId: entry.id }, UNDO_SINCE, plural(index + 1, 'change'))
    }
  }
  return items
}

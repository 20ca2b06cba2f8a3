import type { JournalEntry, UndoSelection } from '../../tools/journal/journal.ts'
import { UserError } from '../../util/user-error.ts'
import { cannotUndo } from '../messages.ts'
import type { SessionContext } from '../session-context.ts'

/** The changes that tools made to files, without those of shell commands. */
export interface ChangesPort {
  /** Query: the changes in the journal of this project, newest first. */
  list(): Promise<readonly JournalEntry[]>
  /** Reverts changes, all or none; gives the files. Rejects with the reasons when a file has changed since. */
  undo(selection: UndoSelection): Promise<readonly string[]>
}

export function createChanges({ base }: SessionContext): ChangesPort {
  const { journal } = base.runner
  return {
    list: async () => (await journal.list()).toReversed(),
    async undo(selection) {
      const result = await journal.undo(selection)
      if (result.ok) return result.paths
      throw new UserError(cannotUndo(result.reasons))
    },
  }
}

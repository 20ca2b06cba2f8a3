import type { MemoryItem } from '../../lib/session/state/memory.ts'
import type { WorkbenchCommandId } from '../messages/commands.ts'
import { NO_MEMORY_BLOCKS } from '../messages/memory.ts'
import type { RootState } from '../state/state.ts'
import { selectedBlock } from '../view/panes/memory-selection.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

/** A command on the selected memory block; it is unavailable while there is none. */
export function onBlock(
  id: WorkbenchCommandId,
  run: (context: WorkbenchContext, item: MemoryItem) => void | Promise<void>,
): WorkbenchCommand {
  return {
    id,
    unavailable: needsMemoryBlock,
    run(context) {
      const item = selectedBlock(context.root.state)
      return item === null ? undefined : run(context, item)
    },
  }
}

/** Why a command on a memory block is unavailable; null when it is not. */
export function needsMemoryBlock({ session }: Pick<RootState, 'session'>): string | null {
  return session.memory.length === 0 ? NO_MEMORY_BLOCKS : null
}

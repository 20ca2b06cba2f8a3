import type { MemoryItem } from '../../../lib/session/state/memory.ts'
import type { RootState } from '../../state/state.ts'

/** How many texts of the person for a block are not saved. */
export function draftCount({ memory }: RootState['workbench'], label: string): number {
  return label in memory.drafts ? (memory.draftCounts[label] ?? 1) : 0
}

/** The block that keys apply to: the selected one, else the first. */
export function selectedBlock({ session, workbench }: RootState): MemoryItem | null {
  const { selected } = workbench.memory
  const chosen = session.memory.find((item) => item.block.label === selected)
  return chosen ?? session.memory[0] ?? null
}

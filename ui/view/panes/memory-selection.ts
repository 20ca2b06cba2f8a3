import type { MemoryItem } from '../../../lib/session/state/memory.ts'
import type { RootState } from '../../state/state.ts'

/** The block that keys apply to: the selected one, else the first. */
export function selectedBlock({ session, workbench }: RootState): MemoryItem | null {
  const { selected } = workbench.memory
  const chosen = session.memory.find((item) => item.block.label === selected)
  return chosen ?? session.memory[0] ?? null
}

import { blockNotFound } from '../memory/messages.ts'
import { BlockConflict, updateBlock } from '../memory/update-block.ts'
import { UserError } from '../util/user-error.ts'
import type { Services } from './services.ts'
import type { MemoryBlock, MemoryChange } from './state.ts'

/** Loads the agent's blocks again and reports those that have changed. */
export async function reloadMemory(parts: Services, by: MemoryChange['by']): Promise<void> {
  const { agent } = parts.store.state
  if (agent === null) return
  const blocks = await parts.gateway.blocks(agent.id)
  if (parts.store.state.agent?.id !== agent.id) return
  for (const block of blocks) {
    const known = parts.store.state.memory.find((item) => item.block.label === block.label)
    if (known?.block.value === block.value) continue
    parts.store.dispatch({ type: 'memory.changed', block, by, at: parts.now() })
  }
}

/** Saves the user's edit; refuses when the block has changed since it was read. */
export async function editMemory(
  parts: Services,
  label: string,
  value: string,
  before: string,
): Promise<MemoryBlock> {
  const known = parts.store.state.memory.find((item) => item.block.label === label)?.block
  if (known === undefined) throw new UserError(blockNotFound(label))
  const report = (block: MemoryBlock, by: MemoryChange['by']): void =>
    parts.store.dispatch({ type: 'memory.changed', block, by, at: parts.now() })
  try {
    const block = await updateBlock(parts.gateway, { ...known, value: before }, value)
    report(block, 'user')
    return block
  } catch (thrown) {
    if (thrown instanceof BlockConflict) report(thrown.current, 'agent')
    throw thrown
  }
}

import type { AgentDetails } from '../client/gateway/agents.ts'
import { blockDrafts } from '../prompts/index.ts'
import type { SavedIds } from '../settings/remembered-ids.ts'
import { blocksRecreated } from './messages/agents.ts'
import type { Services } from './services.ts'
import type { MemoryBlock } from './state/memory.ts'

/**
 * Recreates, empty, the memory blocks that letta created for this agent and that were deleted on the server. A block that was only
 * detached stays detached, and an agent without any of these blocks is unchanged.
 */
export async function restoreMissingBlocks(
  { gateway, notify }: Pick<Services, 'gateway' | 'notify'>,
  remembered: SavedIds,
  agent: AgentDetails,
): Promise<AgentDetails> {
  const stored = remembered.blockIds
  const ids = Object.values(stored)
  if (!agent.blocks.some(({ id }) => ids.includes(id))) return agent
  const recreated: MemoryBlock[] = []
  for (const draft of blockDrafts()) {
    const id = stored[draft.label]
    if (id === undefined || agent.blocks.some(({ label }) => label === draft.label)) continue
    if ((await gateway.blocks.retrieve(id)) !== null) continue
    const block = await gateway.blocks.create(draft)
    await gateway.blocks.attach(agent.id, block.id)
    recreated.push(block)
  }
  if (recreated.length === 0) return agent
  await remembered.rememberBlocks(Object.fromEntries(recreated.map(({ label, id }) => [label, id])))
  notify('warning', blocksRecreated(recreated.map(({ label }) => label)))
  const managed = recreated.map(({ id }) => id)
  return {
    ...agent,
    blocks: [...agent.blocks, ...recreated],
    managedBlockIds: [...agent.managedBlockIds, ...managed],
  }
}

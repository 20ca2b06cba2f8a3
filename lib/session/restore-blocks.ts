import type { AgentDetails } from '../client/gateway/gateway.ts'
import { blockDrafts } from '../prompts/index.ts'
import type { SavedIds } from '../settings/remembered-ids.ts'
import type { Services } from './services.ts'
import type { MemoryBlock } from './state.ts'

/**
 * An agent of ours whose memory blocks were deleted on the server gets them anew, empty, and the user is told. One that was
 * only taken from the agent stays away, and an agent that has none of ours is left as it is.
 */
export async function restoreMissingBlocks(
  { gateway, notify }: Pick<Services, 'gateway' | 'notify'>,
  remembered: SavedIds,
  agent: AgentDetails,
): Promise<AgentDetails> {
  const stored = remembered.blockIds
  const ids = Object.values(stored)
  if (!agent.blocks.some(({ id }) => ids.includes(id))) return agent
  const remade: MemoryBlock[] = []
  for (const draft of blockDrafts()) {
    const id = stored[draft.label]
    if (id === undefined || agent.blocks.some(({ label }) => label === draft.label)) continue
    if ((await gateway.block(id)) !== null) continue
    const block = await gateway.createBlock(draft)
    await gateway.attachBlock(agent.id, block.id)
    remade.push(block)
  }
  if (remade.length === 0) return agent
  await remembered.rememberBlocks(Object.fromEntries(remade.map(({ label, id }) => [label, id])))
  const labels = remade.map(({ label }) => label).join(', ')
  notify('warning', `The server has lost the memory blocks ${labels}: they were made anew.`)
  return { ...agent, blocks: [...agent.blocks, ...remade] }
}

import type { MemoryBlock } from '../../session/state/memory.ts'
import type { BlockDraft, GatewayBlocks } from './blocks.ts'

/** Ids of memory blocks that outlive one agent, by label; stored in the settings. */
type BlockIds = Readonly<Record<string, string>>

export interface BlockReport {
  readonly label: string
  /** `recreated`: an id was stored, but the block no longer existed on the server. */
  readonly origin: 'reused' | 'created' | 'recreated'
  readonly block: MemoryBlock
}

/** The memory blocks of a new agent: stored ones are shared, missing ones are created. `fresh` creates all of them. */
export async function ensureBlocks(
  blocks: GatewayBlocks,
  drafts: readonly BlockDraft[],
  stored: BlockIds,
  fresh: boolean,
): Promise<readonly BlockReport[]> {
  return Promise.all(drafts.map((draft) => readyBlock(blocks, draft, stored, fresh)))
}

async function readyBlock(
  blocks: GatewayBlocks,
  draft: BlockDraft,
  stored: BlockIds,
  fresh: boolean,
): Promise<BlockReport> {
  const { label } = draft
  const id = fresh ? undefined : stored[label]
  const known = id === undefined ? null : await blocks.retrieve(id)
  if (known !== null) return { label, origin: 'reused', block: known }
  const block = await blocks.create(draft)
  return { label, origin: id === undefined ? 'created' : 'recreated', block }
}

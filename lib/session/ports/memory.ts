import path from 'node:path'
import { serverName } from '../../client/backend.ts'
import { type DraftFiles, openDrafts } from '../../memory/drafts.ts'
import { type EditResult, editMemory } from '../edit-memory.ts'
import type { MemoryWatch } from '../memory-watch.ts'
import { agentServices, type SessionContext } from '../session-context.ts'
import type { BlockDraftText } from '../state.ts'

/** The agent's memory blocks. */
export interface MemoryPort {
  /** Saves the user's edit of the value `before`, merged with what others have changed since. */
  edit(label: string, value: string, before: string): Promise<EditResult>
  /** Looks for changes that others have made. */
  refresh(): Promise<void>
  /** Query: the unsaved texts on disk, by the id of the block. */
  drafts(blockIds: readonly string[]): Promise<ReadonlyMap<string, BlockDraftText>>
  /** Stores what was typed, so that it survives the end of the process; null removes it. */
  saveDraft(blockId: string, draft: BlockDraftText | null): Promise<void>
}

export function createMemory(context: SessionContext, watch: MemoryWatch): MemoryPort {
  // One write after another: a slow one must not replace a later one.
  let writing: Promise<void> = Promise.resolve()
  return {
    edit: async (label, value, before) => editMemory(agentServices(context), label, value, before),
    refresh: () => watch.refresh(),
    async drafts(blockIds) {
      const files = draftFiles(context)
      const found = await Promise.all(
        blockIds.map(async (id) => [id, await files.read(id)] as const),
      )
      return new Map(found.flatMap(([id, draft]) => (draft === null ? [] : [[id, draft]])))
    },
    saveDraft(blockId, draft) {
      const files = draftFiles(context)
      const write = async (): Promise<void> =>
        draft === null ? files.remove(blockId) : files.write(blockId, draft)
      writing = writing.then(write, write)
      return writing
    },
  }
}

function draftFiles({ base }: SessionContext): DraftFiles {
  const { home, backend } = base.options
  return openDrafts(path.join(home, '.letta', 'drafts'), serverName(backend))
}

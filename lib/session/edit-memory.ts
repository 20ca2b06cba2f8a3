import { findSources } from '../memory/find-sources.ts'
import { mergeTexts } from '../memory/merge.ts'
import { blockNotFound } from '../memory/messages.ts'
import { BlockConflict, updateBlock } from '../memory/update-block.ts'
import { UserError } from '../util/user-error.ts'
import { findAuthor } from './memory-watch.ts'
import type { Services } from './services.ts'
import type { MemoryBlock, MergePart } from './state/memory.ts'

/** What became of an edit. */
export type EditResult =
  | {
      readonly type: 'saved'
      readonly block: MemoryBlock
      /** The block had been changed meanwhile, in other lines: the saved value contains both changes. */
      readonly isMerged: boolean
    }
  /** Both have changed the same lines: nothing is saved. */
  | {
      readonly type: 'conflict'
      readonly current: MemoryBlock
      readonly parts: readonly MergePart[]
    }

/** Saves that are repeated because the block was changed once more in the meantime. */
const MAX_MERGES = 10

/** Saves the user's edit of the value `before`, or an earlier value, merged with what others have changed since. */
export async function editMemory(
  parts: Services,
  label: string,
  value: string,
  before: string,
  by: 'user' | 'restore' = 'user',
): Promise<EditResult> {
  const known = parts.store.state.memory.find((item) => item.block.label === label)?.block
  if (known === undefined) throw new UserError(blockNotFound(label))
  let edit = { base: before, value }
  for (let merges = 0; ; merges++) {
    try {
      const sources = findSources(parts.store.state.memory, known.id, edit.base, edit.value)
      const shown = { ...known, value: edit.base }
      const block = await updateBlock(parts.gateway.blocks, shown, edit.value, by, { sources })
      parts.store.dispatch({
        type: 'memory.changed',
        block,
        by,
        at: parts.now(),
        ...(sources.length === 0 ? {} : { origin: { sources } }),
      })
      return { type: 'saved', block, isMerged: merges > 0 }
    } catch (thrown) {
      if (!(thrown instanceof BlockConflict) || merges === MAX_MERGES) throw thrown
      const { current } = thrown
      await reportConflict(parts, current)
      const merged = mergeTexts(edit.base, edit.value, current.value)
      if (merged.some(({ type }) => type === 'conflict')) {
        return { type: 'conflict', current, parts: merged }
      }
      const lines = merged.flatMap((part) => (part.type === 'merged' ? part.lines : []))
      edit = { base: current.value, value: lines.join('\n') }
    }
  }
}

/** The change of another shows in the pane before the merged value does. */
async function reportConflict(parts: Services, current: MemoryBlock): Promise<void> {
  const author = await findAuthor(parts, current)
  const shown = parts.store.state.memory.find(({ block }) => block.id === current.id)
  if (shown?.block.value === current.value) return
  parts.store.dispatch({ type: 'memory.changed', block: current, ...author })
}

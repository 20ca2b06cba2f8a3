import type { MemoryBlock } from '../session/state.ts'
import { countCodePoints } from '../util/code-points.ts'
import type { BlockFile } from './markdown-files.ts'
import { duplicateLabel, importReadOnly, importTooLong } from './messages.ts'

/** What importing a file would do. */
export type ImportStep =
  | { readonly type: 'unchanged'; readonly label: string }
  | { readonly type: 'update'; readonly block: MemoryBlock; readonly value: string }
  | { readonly type: 'create'; readonly file: BlockFile }
  | { readonly type: 'refused'; readonly path: string; readonly reason: string }

/** One step for each file. Blocks without a file are not changed. */
export function planImport(
  files: readonly BlockFile[],
  blocks: readonly MemoryBlock[],
): readonly ImportStep[] {
  const seen = new Map<string, string>()
  return files.map((file) => {
    const otherPath = seen.get(file.label)
    seen.set(file.label, file.path)
    if (otherPath !== undefined) return refused(file, duplicateLabel(file.label, otherPath))
    const block = blocks.find(({ label }) => label === file.label)
    return block === undefined ? planNew(file) : planChange(file, block)
  })
}

function planNew(file: BlockFile): ImportStep {
  const { limit, value } = file
  const length = countCodePoints(value)
  if (limit !== null && length > limit) return refused(file, importTooLong(length, limit))
  return { type: 'create', file }
}

/** Only the value is imported; the limit and the other properties of the block are not changed. */
function planChange(file: BlockFile, block: MemoryBlock): ImportStep {
  const { value, label } = file
  if (value === block.value) return { type: 'unchanged', label }
  if (block.readOnly) return refused(file, importReadOnly(label))
  const length = countCodePoints(value)
  if (length > block.limit) return refused(file, importTooLong(length, block.limit))
  return { type: 'update', block, value }
}

function refused({ path }: BlockFile, reason: string): ImportStep {
  return { type: 'refused', path, reason }
}

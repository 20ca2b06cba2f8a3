import type { MemoryBlock } from '../session/state.ts'
import type { ReadFile } from './markdown-files.ts'

/** What importing a file would do. */
export type Step =
  | { readonly is: 'unchanged'; readonly label: string }
  | { readonly is: 'change'; readonly block: MemoryBlock; readonly value: string }
  | { readonly is: 'make'; readonly file: ReadFile }
  | { readonly is: 'refused'; readonly path: string; readonly because: string }

/** One step a file; blocks without a file stay as they are. */
export function planImport(
  files: readonly ReadFile[],
  blocks: readonly MemoryBlock[],
): readonly Step[] {
  const seen = new Map<string, string>()
  return files.map((file) => {
    const twin = seen.get(file.label)
    seen.set(file.label, file.path)
    if (twin !== undefined) return refused(file, `its label "${file.label}" is that of ${twin} too`)
    const block = blocks.find(({ label }) => label === file.label)
    return block === undefined ? planNew(file) : planChange(file, block)
  })
}

function planNew(file: ReadFile): Step {
  const { limit, value } = file
  if (limit !== null && value.length > limit) return refused(file, tooLong(value, limit))
  return { is: 'make', file }
}

/** Only the value is taken: limit and the rest are the block's own. */
function planChange(file: ReadFile, block: MemoryBlock): Step {
  const { value, label } = file
  if (value === block.value) return { is: 'unchanged', label }
  if (block.readOnly) return refused(file, `the memory block "${label}" is read-only`)
  if (value.length > block.limit) return refused(file, tooLong(value, block.limit))
  return { is: 'change', block, value }
}

function tooLong(value: string, limit: number): string {
  return `${value.length} characters, the limit is ${limit}`
}

function refused({ path }: ReadFile, because: string): Step {
  return { is: 'refused', path, because }
}

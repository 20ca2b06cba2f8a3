import type { MemoryBlock } from '../session/state/memory.ts'
import { countCodePoints } from '../util/code-points.ts'
import { gainsConflict } from './conflict-marks.ts'
import { cleanMerge } from './merge.ts'
import { findNewSecret } from './secrets.ts'

/** A file of the directory, with the label that its path stands for. */
export interface SyncedFile {
  readonly label: string
  readonly value: string
  readonly description: string | null
  readonly limit: number | null
}

/** The values of the last synchronization, by label. */
export type SyncBase = Readonly<Record<string, string>>

/**
 * Both have changed the same lines, the block is read-only, or the text is longer than its limit or contains a secret or the
 * marks of an unresolved conflict.
 */
export type ConflictReason = 'lines' | 'readOnly' | 'limit' | 'secret' | 'marks'

/** What synchronizing one block does. `value` is what both have afterwards. */
export type SyncStep =
  | { readonly type: 'same'; readonly label: string; readonly value: string }
  | {
      readonly type: 'toFile'
      readonly label: string
      readonly value: string
      readonly block: MemoryBlock
    }
  | {
      readonly type: 'toBlock'
      readonly label: string
      readonly value: string
      readonly block: MemoryBlock
    }
  | {
      readonly type: 'merged'
      readonly label: string
      readonly value: string
      readonly block: MemoryBlock
    }
  | {
      readonly type: 'create'
      readonly label: string
      readonly value: string
      readonly file: SyncedFile
    }
  /** Neither is changed. */
  | { readonly type: 'conflict'; readonly label: string; readonly reason: ConflictReason }
  /** The agent no longer has the block: it is not created again. */
  | { readonly type: 'gone'; readonly label: string }

/** Compares blocks and files with what both were after the last synchronization. Nothing is ever deleted. */
export async function planSync(
  blocks: readonly MemoryBlock[],
  files: readonly SyncedFile[],
  base: SyncBase,
  refusesSecrets = true,
): Promise<readonly SyncStep[]> {
  const byLabel = new Map(files.map((file) => [file.label, file]))
  const ofBlocks = blocks.map((block) =>
    planBlock(block, byLabel.get(block.label), base[block.label]),
  )
  const others = files.filter(({ label }) => !blocks.some((block) => block.label === label))
  const steps = [
    ...ofBlocks,
    ...others.map((file): SyncStep => {
      const { label, value } = file
      return base[label] === undefined
        ? { type: 'create', label, value, file }
        : { type: 'gone', label }
    }),
  ]
  const checked = steps.map(refuseMarks)
  return refusesSecrets ? Promise.all(checked.map(refuseSecret)) : checked
}

/** A file in the middle of a merge is not a memory yet. */
function refuseMarks(step: SyncStep): SyncStep {
  const before = textBefore(step)
  if (before === null || !('value' in step) || !gainsConflict(before, step.value)) return step
  return { type: 'conflict', label: step.label, reason: 'marks' }
}

/** The text of the block, which the step changes; null when it does not. */
function textBefore(step: SyncStep): string | null {
  if (step.type === 'create') return ''
  return step.type === 'toBlock' || step.type === 'merged' ? step.block.value : null
}

async function refuseSecret(step: SyncStep): Promise<SyncStep> {
  const before = textBefore(step)
  if (before === null || !('value' in step)) return step
  const hasSecret = (await findNewSecret(before, step.value)) !== null
  return hasSecret ? { type: 'conflict', label: step.label, reason: 'secret' } : step
}

function planBlock(
  block: MemoryBlock,
  file: SyncedFile | undefined,
  base: string | undefined,
): SyncStep {
  const { label, value } = block
  if (file === undefined) return { type: 'toFile', label, value, block }
  if (file.value === value) return { type: 'same', label, value }
  if (file.value === base) return { type: 'toFile', label, value, block }
  if (block.readOnly) return { type: 'conflict', label, reason: 'readOnly' }
  const isOnlyFile = value === base
  const merged = isOnlyFile
    ? file.value
    : base === undefined
      ? null
      : cleanMerge(base, file.value, value)
  if (merged === null) return { type: 'conflict', label, reason: 'lines' }
  if (countCodePoints(merged) > block.limit) return { type: 'conflict', label, reason: 'limit' }
  return { type: isOnlyFile ? 'toBlock' : 'merged', label, value: merged, block }
}

import type { MemoryBlock } from '../session/state/memory.ts'
import { countCodePoints } from '../util/code-points.ts'
import { toTerminalRow } from '../util/sanitize.ts'
import { gainsConflict } from './conflict-marks.ts'
import type { BlockFile } from './markdown-files.ts'
import { cleanMerge } from './merge.ts'
import {
  duplicateLabel,
  IMPORT_CONFLICT_MARKS,
  importReadOnly,
  importSecret,
  importTooLong,
  LABEL_NOT_ONE_LINE,
} from './messages.ts'
import { findNewSecret } from './secrets.ts'
import type { SyncBase } from './sync-plan.ts'

/** What importing a file would do. */
export type ImportStep =
  | { readonly type: 'unchanged'; readonly label: string }
  /** `value`: the file's, merged with what the agent has changed since the last common version. */
  | {
      readonly type: 'update'
      readonly block: MemoryBlock
      readonly value: string
      readonly file: BlockFile
    }
  | { readonly type: 'create'; readonly file: BlockFile }
  /** Only the agent has changed it since the last common version. */
  | { readonly type: 'newer'; readonly label: string }
  /** Both have changed the same lines: neither is changed. */
  | { readonly type: 'conflict'; readonly label: string; readonly path: string }
  | { readonly type: 'refused'; readonly path: string; readonly reason: string }

/**
 * One step for each file. Blocks without a file are not changed. `base`: what the file and the block were when they were last
 * the same; without it the file replaces the block.
 */
export async function planImport(
  files: readonly BlockFile[],
  blocks: readonly MemoryBlock[],
  base: SyncBase = {},
  refusesSecrets = true,
): Promise<readonly ImportStep[]> {
  const seen = new Map<string, string>()
  const steps = files.map((file) => {
    const otherPath = seen.get(file.label)
    seen.set(file.label, file.path)
    if (otherPath !== undefined) return refused(file, duplicateLabel(file.label, otherPath))
    const block = blocks.find(({ label }) => label === file.label)
    return block === undefined ? planNew(file) : planChange(file, block, base[file.label])
  })
  const checked = steps.map(refuseMarks)
  return refusesSecrets ? Promise.all(checked.map(refuseSecret)) : checked
}

/** A file in the middle of a merge is not a memory yet. */
function refuseMarks(step: ImportStep): ImportStep {
  if (step.type !== 'update' && step.type !== 'create') return step
  return gainsConflict(...textsOf(step)) ? refused(step.file, IMPORT_CONFLICT_MARKS) : step
}

/** The text of the block before and after the step. */
function textsOf(
  step: Extract<ImportStep, { readonly type: 'update' | 'create' }>,
): [before: string, after: string] {
  return step.type === 'create' ? ['', step.file.value] : [step.block.value, step.value]
}

async function refuseSecret(step: ImportStep): Promise<ImportStep> {
  if (step.type !== 'update' && step.type !== 'create') return step
  const secret = await findNewSecret(...textsOf(step))
  return secret === null ? step : refused(step.file, importSecret(secret))
}

function planNew(file: BlockFile): ImportStep {
  const { label, limit, value } = file
  if (!isOneLine(label)) return refused(file, LABEL_NOT_ONE_LINE)
  const length = countCodePoints(value)
  if (limit !== null && length > limit) return refused(file, importTooLong(length, limit))
  return { type: 'create', file }
}

/** Whether the label can be shown in a row of a list as it is. */
export function isOneLine(label: string): boolean {
  return toTerminalRow(label) === label
}

/** Only the value is imported; the limit and the other properties of the block are not changed. */
function planChange(file: BlockFile, block: MemoryBlock, base: string | undefined): ImportStep {
  const { label, path } = file
  if (file.value === block.value) return { type: 'unchanged', label }
  if (file.value === base) return { type: 'newer', label }
  if (block.readOnly) return refused(file, importReadOnly(label))
  const isOnlyFile = base === undefined || base === block.value
  const value = isOnlyFile ? file.value : cleanMerge(base, file.value, block.value)
  if (value === null) return { type: 'conflict', label, path }
  const length = countCodePoints(value)
  if (length > block.limit) return refused(file, importTooLong(length, block.limit))
  return { type: 'update', block, value, file }
}

function refused({ path }: BlockFile, reason: string): ImportStep {
  return { type: 'refused', path, reason }
}

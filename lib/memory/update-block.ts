import type { GatewayBlocks } from '../client/gateway/blocks.ts'
import type { ChangeDetails } from '../client/gateway/change-header.ts'
import type { ChangeAuthor, MemoryBlock } from '../session/state/memory.ts'
import { countCodePoints } from '../util/code-points.ts'
import { UserError } from '../util/user-error.ts'
import {
  BLOCK_CONFLICT_HINT,
  blockConflict,
  blockDeleted,
  blockReadOnly,
  blockTooLong,
  SHORTEN_BLOCK_HINT,
} from './messages.ts'

/** The block was modified after its value was read. */
export class BlockConflict extends UserError {
  override readonly name = 'BlockConflict'
  /** The current value on the server. */
  readonly current: MemoryBlock

  constructor(current: MemoryBlock) {
    super(blockConflict(current.label), { hint: BLOCK_CONFLICT_HINT })
    this.current = current
  }
}

/**
 * Saves a new value for a block whose value is still `block.value` on the server. Throws a `UserError` when it is read-only or
 * has been deleted, or the value is too long, and a `BlockConflict` when it has been modified.
 */
export async function updateBlock(
  blocks: Pick<GatewayBlocks, 'retrieve' | 'change'>,
  block: MemoryBlock,
  value: string,
  by: ChangeAuthor = 'user',
  details: ChangeDetails = {},
): Promise<MemoryBlock> {
  const { id, label, limit } = block
  if (block.readOnly) throw new UserError(blockReadOnly(label))
  const length = countCodePoints(value)
  if (length > limit) {
    throw new UserError(blockTooLong(label, length, limit), { hint: SHORTEN_BLOCK_HINT })
  }
  const current = await blocks.retrieve(id)
  if (current === null) throw new UserError(blockDeleted(label))
  if (current.value !== block.value) throw new BlockConflict(current)
  const saved = await blocks.change(id, { value, by, ...details, expected: block.value })
  if (saved !== null) return saved
  // It was modified after it was read again.
  const modified = await blocks.retrieve(id)
  if (modified === null) throw new UserError(blockDeleted(label))
  throw new BlockConflict(modified)
}

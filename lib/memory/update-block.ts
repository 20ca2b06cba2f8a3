import type { Gateway } from '../client/gateway/gateway.ts'
import type { MemoryBlock } from '../session/state.ts'
import { UserError } from '../util/user-error.ts'

/** Saves a new value for a block that was read before; refuses when the block does not take it, or has changed since. */
export async function saveBlock(
  gateway: Pick<Gateway, 'block' | 'changeBlock'>,
  block: MemoryBlock,
  value: string,
): Promise<MemoryBlock> {
  const { id, label, limit } = block
  if (block.readOnly) throw new UserError(`The memory block "${label}" is read-only.`)
  if (value.length > limit) {
    throw new UserError(`${label}: ${value.length} characters, the limit is ${limit}.`, {
      hint: 'Nothing was saved: shorten it first.',
    })
  }
  const now = await gateway.block(id)
  if (now === null)
    throw new UserError(`The memory block "${label}" is not on the server any more.`)
  if (now.value !== block.value) {
    throw new UserError(`The memory block "${label}" was changed meanwhile.`, {
      hint: 'Nothing was saved: look at it anew first.',
    })
  }
  return gateway.changeBlock(id, value)
}

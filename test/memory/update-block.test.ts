import { expect } from 'chai'
import {
  blockConflict,
  blockDeleted,
  blockReadOnly,
  blockTooLong,
} from '../../lib/memory/messages.ts'
import { BlockConflict, updateBlock } from '../../lib/memory/update-block.ts'
import type { MemoryBlock } from '../../lib/session/state/memory.ts'
import { rejection } from '../support/rejection.ts'

const BLOCK: MemoryBlock = {
  id: 'block-1',
  label: 'human',
  value: 'Name: Ada',
  description: null,
  limit: 20,
  readOnly: false,
}

/** A server with this one block, or without it. */
function blocksWith(stored: MemoryBlock | null) {
  const saved: string[] = []
  return {
    saved,
    retrieve: async () => stored,
    change: async (_id: string, { value }: { value: string }) => {
      saved.push(value)
      return { ...BLOCK, value }
    },
  }
}

describe('Updating a memory block', () => {
  it('saves the value when the block is as it was read', async () => {
    const blocks = blocksWith(BLOCK)
    expect(await updateBlock(blocks, BLOCK, 'Name: Grace')).to.deep.equal({
      ...BLOCK,
      value: 'Name: Grace',
    })
    expect(blocks.saved).to.deep.equal(['Name: Grace'])
  })

  it('saves nothing when the block was modified elsewhere, and gives its current state', async () => {
    const current = { ...BLOCK, value: 'Name: Alan' }
    const blocks = blocksWith(current)
    const thrown = await rejection(updateBlock(blocks, BLOCK, 'Name: Grace'))
    expect(thrown)
      .to.be.instanceOf(BlockConflict)
      .and.include({ message: blockConflict('human') })
    expect(thrown).to.have.property('current', current)
    expect(blocks.saved).to.deep.equal([])
  })

  it('saves nothing when the block was deleted', async () => {
    const blocks = blocksWith(null)
    expect(await rejection(updateBlock(blocks, BLOCK, 'x'))).to.include({
      message: blockDeleted('human'),
    })
    expect(blocks.saved).to.deep.equal([])
  })

  it('saves nothing to a read-only block', async () => {
    const blocks = blocksWith(BLOCK)
    const thrown = await rejection(updateBlock(blocks, { ...BLOCK, readOnly: true }, 'x'))
    expect(thrown).to.include({ message: blockReadOnly('human') })
    expect(blocks.saved).to.deep.equal([])
  })

  it('saves a value that is as long as the limit, and none that is longer', async () => {
    const blocks = blocksWith(BLOCK)
    await updateBlock(blocks, BLOCK, 'x'.repeat(20))
    expect(await rejection(updateBlock(blocks, BLOCK, 'x'.repeat(21)))).to.include({
      message: blockTooLong('human', 21, 20),
    })
    expect(blocks.saved).to.deep.equal(['x'.repeat(20)])
  })
})

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
function serverWith(stored: MemoryBlock | null) {
  const saved: string[] = []
  return {
    saved,
    block: async () => stored,
    changeBlock: async (_id: string, { value }: { value: string }) => {
      saved.push(value)
      return { ...BLOCK, value }
    },
  }
}

describe('Updating a memory block', () => {
  it('saves the value when the block is as it was read', async () => {
    const server = serverWith(BLOCK)
    expect(await updateBlock(server, BLOCK, 'Name: Grace')).to.deep.equal({
      ...BLOCK,
      value: 'Name: Grace',
    })
    expect(server.saved).to.deep.equal(['Name: Grace'])
  })

  it('saves nothing when the block was modified elsewhere, and gives its current state', async () => {
    const current = { ...BLOCK, value: 'Name: Alan' }
    const server = serverWith(current)
    const thrown = await rejection(updateBlock(server, BLOCK, 'Name: Grace'))
    expect(thrown)
      .to.be.instanceOf(BlockConflict)
      .and.include({ message: blockConflict('human') })
    expect(thrown).to.have.property('current', current)
    expect(server.saved).to.deep.equal([])
  })

  it('saves nothing when the block was deleted', async () => {
    const server = serverWith(null)
    expect(await rejection(updateBlock(server, BLOCK, 'x'))).to.include({
      message: blockDeleted('human'),
    })
    expect(server.saved).to.deep.equal([])
  })

  it('saves nothing to a read-only block', async () => {
    const server = serverWith(BLOCK)
    const thrown = await rejection(updateBlock(server, { ...BLOCK, readOnly: true }, 'x'))
    expect(thrown).to.include({ message: blockReadOnly('human') })
    expect(server.saved).to.deep.equal([])
  })

  it('saves a value that is as long as the limit, and none that is longer', async () => {
    const server = serverWith(BLOCK)
    await updateBlock(server, BLOCK, 'x'.repeat(20))
    expect(await rejection(updateBlock(server, BLOCK, 'x'.repeat(21)))).to.include({
      message: blockTooLong('human', 21, 20),
    })
    expect(server.saved).to.deep.equal(['x'.repeat(20)])
  })
})

import { editMemory } from '../edit-memory.ts'
import { agentServices, type SessionContext } from '../session-context.ts'
import type { MemoryBlock } from '../state.ts'

/** The agent's memory blocks. */
export interface MemoryPort {
  /** Saves the user's edit of a block; rejects when the block is no longer what it was (`before`). */
  edit(label: string, value: string, before: string): Promise<MemoryBlock>
}

export function createMemory(context: SessionContext): MemoryPort {
  return {
    edit: async (label, value, before) => editMemory(agentServices(context), label, value, before),
  }
}

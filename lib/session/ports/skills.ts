import { agentServices, type SessionContext } from '../session-context.ts'
import { adoptSkillsBlock, foreignSkills, refreshSkills } from '../skills-block.ts'
import type { MemoryBlock } from '../state/memory.ts'

/** The skills of the project. */
export interface SkillsPort {
  /** Reads the directory again and brings the agent's `skills` block up to date. */
  refresh(): Promise<void>
  /** Query: the agent's `skills` block when letta has not created it, and what would replace it. */
  foreignBlock(): { readonly block: MemoryBlock; readonly value: string } | null
  /** Replaces that block, which the user has approved, and maintains it from now on. */
  adoptBlock(): Promise<void>
}

export function createSkills(context: SessionContext): SkillsPort {
  return {
    refresh: async () => refreshSkills(agentServices(context)),
    foreignBlock: () => foreignSkills(context.store.state),
    adoptBlock: async () => adoptSkillsBlock(agentServices(context)),
  }
}

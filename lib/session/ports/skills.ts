import { refreshSkills } from '../edit-memory.ts'
import { agentServices, type SessionContext } from '../session-context.ts'

/** The skills of the project. */
export interface SkillsPort {
  /** Reads the directory again and brings the agent's `skills` block up to date. */
  refresh(): Promise<void>
}

export function createSkills(context: SessionContext): SkillsPort {
  return { refresh: async () => refreshSkills(agentServices(context)) }
}

import type { Database } from './database.ts'
import { execute } from './statements.ts'

export interface CallTable {
  /** Reserves the id for the agent; false when the agent has had it before. */
  claim(agentId: string, callId: string): boolean
}

export function callTable(database: Database): CallTable {
  return {
    claim: (agentId, callId) =>
      execute(database, 'insert or ignore into calls values (?, ?)', agentId, callId) === 1,
  }
}

import type { Database } from './database.ts'
import { execute } from './query-builder.ts'

export interface CallTable {
  /** Whether the id is new to the agent; it is taken from then on. */
  claim(agentId: string, callId: string): boolean
}

export function callTable(database: Database): CallTable {
  return {
    claim: (agentId, callId) =>
      execute(database, 'insert or ignore into calls values (?, ?)', agentId, callId) === 1,
  }
}

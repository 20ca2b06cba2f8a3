import { type AgentTable, agentTable } from './agents.ts'
import { type BlockTable, blockTable } from './blocks.ts'
import { inTransaction, openDatabase } from './database.ts'
import { type MessageTable, messageTable } from './messages.ts'
import { type RunTable, runTable } from './runs.ts'
import { type ToolTable, toolTable } from './tools.ts'

export interface Storage {
  readonly agents: AgentTable
  readonly blocks: BlockTable
  readonly tools: ToolTable
  readonly messages: MessageTable
  readonly runs: RunTable
  /** All or nothing. */
  together<Value>(work: () => Value): Value
  close(): void
}

export function openStorage(file: string): Storage {
  const database = openDatabase(file)
  return {
    agents: agentTable(database),
    blocks: blockTable(database),
    tools: toolTable(database),
    messages: messageTable(database),
    runs: runTable(database),
    together: (work) => inTransaction(database, work),
    close: () => void database.close(),
  }
}

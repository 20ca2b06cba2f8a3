import { type AgentTable, agentTable } from './agents.ts'
import { type BlockTable, blockTable } from './blocks.ts'
import { type CallTable, callTable } from './calls.ts'
import { type ConversationTable, conversationTable } from './conversations.ts'
import { closeDatabase, inTransaction, openDatabase } from './database.ts'
import { type MessageTable, messageTable } from './messages.ts'
import { type PassageTable, passageTable } from './passages.ts'
import { type RunTable, runTable } from './runs.ts'
import { type StepTable, stepTable } from './steps.ts'
import { type ToolTable, toolTable } from './tools.ts'

export interface Storage {
  readonly agents: AgentTable
  readonly blocks: BlockTable
  readonly tools: ToolTable
  readonly conversations: ConversationTable
  readonly messages: MessageTable
  readonly calls: CallTable
  readonly passages: PassageTable
  readonly runs: RunTable
  readonly steps: StepTable
  /** Runs `work` in one transaction: all of its changes are saved, or none. */
  transaction<Value>(work: () => Value): Value
  close(): void
}

/** A corrupt file that was moved is reported to `onNotice`. */
export function openStorage(file: string, onNotice?: (notice: string) => void): Storage {
  const database = openDatabase(file, onNotice)
  return {
    agents: agentTable(database),
    blocks: blockTable(database),
    tools: toolTable(database),
    conversations: conversationTable(database),
    messages: messageTable(database),
    calls: callTable(database),
    passages: passageTable(database),
    runs: runTable(database),
    steps: stepTable(database),
    transaction: (work) => inTransaction(database, work),
    close: () => closeDatabase(database),
  }
}

import { type AgentTable, agentTable } from './agents.ts'
import {
  type BlockVersionTable,
  blockVersionTable,
  DEFAULT_RETENTION,
  type VersionRetention,
} from './block-versions.ts'
import { type BlockTable, blockTable } from './blocks.ts'
import { type CallTable, callTable } from './calls.ts'
import { type ConversationTable, conversationTable } from './conversations.ts'
import { setAsideDamagedRows } from './damaged-rows.ts'
import { closeDatabase, type Database, inTransaction, openDatabase } from './database.ts'
import { type LeaseTable, leaseTable } from './leases.ts'
import { type MessageTable, messageTable } from './messages.ts'
import { type PassageTable, passageTable } from './passages.ts'
import { type RunTable, runTable } from './runs.ts'
import { changeStamp, queryFirst } from './statements.ts'
import { type StepTable, stepTable } from './steps.ts'
import { type ToolTable, toolTable } from './tools.ts'

export interface Storage {
  readonly agents: AgentTable
  readonly blocks: BlockTable
  readonly blockVersions: BlockVersionTable
  readonly tools: ToolTable
  readonly conversations: ConversationTable
  readonly messages: MessageTable
  readonly calls: CallTable
  readonly passages: PassageTable
  readonly runs: RunTable
  readonly steps: StepTable
  readonly leases: LeaseTable
  /** Runs `work` in one transaction: all of its changes are saved, or none. */
  transaction<Value>(work: () => Value): Value
  /** Differs after each change of the database, by this process or another one. */
  changeStamp(): string
  /** Milliseconds since 1970; null without agents. */
  oldestAgentAt(): number | null
  close(): void
}

/** A corrupt file that was moved, and each damaged row that is set aside, are reported to `onNotice`. */
export function openStorage(
  file: string,
  onNotice?: (notice: string) => void,
  retention: VersionRetention = DEFAULT_RETENTION,
): Storage {
  const database = openDatabase(file, onNotice)
  setAsideDamagedRows(database, onNotice ?? (() => undefined))
  const blockVersions = blockVersionTable(database, retention)
  return {
    agents: agentTable(database),
    blocks: blockTable(database, blockVersions),
    blockVersions,
    tools: toolTable(database),
    conversations: conversationTable(database),
    messages: messageTable(database),
    calls: callTable(database),
    passages: passageTable(database),
    runs: runTable(database),
    steps: stepTable(database),
    leases: leaseTable(database),
    transaction: (work) => inTransaction(database, work),
    changeStamp: () => changeStamp(database),
    oldestAgentAt: () => oldestAgentAt(database),
    close: () => closeDatabase(database),
  }
}

function oldestAgentAt(database: Database): number | null {
  const row = queryFirst(database, 'select unixepoch(min(created_at)) as seconds from agents')
  const seconds = row?.['seconds']
  return typeof seconds === 'number' ? seconds * 1000 : null
}

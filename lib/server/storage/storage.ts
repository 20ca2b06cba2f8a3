import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../../util/user-error.ts'
import { waitingForDatabase } from '../messages/storage.ts'
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
import { leaseTable, type StoredLeases } from './leases.ts'
import { type MessageTable, messageTable } from './messages.ts'
import { type PartialAnswerTable, partialAnswerTable } from './partial-answers.ts'
import { type PassageTable, passageTable } from './passages.ts'
import { type RunTable, runTable } from './runs.ts'
import { sqliteCode } from './sqlite-errors.ts'
import { changeStamp, queryFirst } from './statements.ts'
import { type StepTable, stepTable } from './steps.ts'
import { type ToolTable, toolTable } from './tools.ts'
import { createLockWait, type LockWait, MAX_LOCK_WAIT_MS } from './wait-for-lock.ts'

export interface Storage extends LockWait {
  readonly agents: AgentTable
  readonly blocks: BlockTable
  readonly blockVersions: BlockVersionTable
  readonly tools: ToolTable
  readonly conversations: ConversationTable
  readonly messages: MessageTable
  readonly calls: CallTable
  readonly passages: PassageTable
  readonly partialAnswers: PartialAnswerTable
  readonly runs: RunTable
  readonly steps: StepTable
  readonly leases: StoredLeases
  /** Runs `work` in one transaction: all of its changes are saved, or none. */
  transaction<Value>(work: () => Value): Value
  /** Differs after each change of the database, by this process or another one. */
  changeStamp(): string
  /** Milliseconds since 1970; null without agents. */
  oldestAgentAt(): number | null
  /** Bytes of the file that nothing uses. */
  unusedBytes(): number
  close(): void
}

/**
 * A corrupt file that was moved, and each damaged row that is set aside, are reported to `onNotice`.
 * @internal
 */
export function openStorage(
  file: string,
  onNotice?: (notice: string) => void,
  retention: VersionRetention = DEFAULT_RETENTION,
  maxBusyWaitMs?: number,
): Storage {
  const database = openDatabase(file, onNotice, maxBusyWaitMs)
  try {
    setAsideDamagedRows(database, onNotice ?? (() => undefined))
  } catch (thrown) {
    // The caller tries again while another process has the lock.
    database.close()
    throw thrown
  }
  const lockWait = createLockWait(database, file, onNotice ?? (() => undefined))
  const blockVersions = blockVersionTable(database, retention)
  return {
    ...lockWait,
    agents: agentTable(database),
    blocks: blockTable(database, blockVersions),
    blockVersions,
    tools: toolTable(database),
    conversations: conversationTable(database),
    messages: messageTable(database),
    calls: callTable(database),
    passages: passageTable(database),
    partialAnswers: partialAnswerTable(database),
    runs: runTable(database),
    steps: stepTable(database),
    leases: leaseTable(database),
    transaction: (work) => inTransaction(database, work),
    changeStamp: () => changeStamp(database),
    oldestAgentAt: () => oldestAgentAt(database),
    unusedBytes: () => unusedBytes(database),
    close: () => closeDatabase(database),
  }
}

/** Like `openStorage`, but waits for the lock of another process without blocking the thread. */
export async function openStorageUnblocked(
  file: string,
  onNotice: (notice: string) => void = () => undefined,
  retention: VersionRetention = DEFAULT_RETENTION,
): Promise<Storage> {
  const start = performance.now()
  let isReported = false
  for (;;) {
    try {
      return openStorage(file, onNotice, retention, 0)
    } catch (thrown) {
      const waited = performance.now() - start
      if (!isLockError(thrown) || waited > MAX_LOCK_WAIT_MS) throw thrown
      if (!isReported && waited > 300) {
        isReported = true
        onNotice(waitingForDatabase(file))
      }
      await sleep(5 + Math.random() * 20)
    }
  }
}

function isLockError(thrown: unknown): boolean {
  const code = thrown instanceof UserError ? sqliteCode(thrown.cause) : null
  return code?.startsWith('SQLITE_BUSY') === true
}

function oldestAgentAt(database: Database): number | null {
  const row = queryFirst(database, 'select unixepoch(min(created_at)) as seconds from agents')
  const seconds = row?.['seconds']
  return typeof seconds === 'number' ? seconds * 1000 : null
}

function unusedBytes(database: Database): number {
  const row = queryFirst(
    database,
    'select freelist_count * page_size as bytes from pragma_freelist_count, pragma_page_size',
  )
  return Number(row?.['bytes'] ?? 0)
}

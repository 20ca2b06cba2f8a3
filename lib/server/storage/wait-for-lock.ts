import { statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { createUserError } from '../../util/user-error.ts'
import { databaseReplaced, sqliteErrors, waitingForDatabase } from '../messages/storage.ts'
import { BUSY_TIMEOUT_MS, type Database } from './database.ts'
import { sqliteCode } from './sqlite-errors.ts'

/** Waits for the locks of other processes without blocking the thread, on which keys are handled, too. */
export interface LockWait {
  /**
   * Resolves when no other process is writing. What is written in the same turn of the event loop then waits for nothing, but for
   * a process that comes in between. Rejects with a `UserError` after a minute, and when the file is no longer the one that was opened.
   */
  untilWritable(): Promise<void>
  /** Whether another process is writing. */
  isLocked(): boolean
}

/** Before a wait is reported: most writes take a few milliseconds. */
const SILENT_WAIT_MS = 300
const POLL_MS = 20
export const MAX_LOCK_WAIT_MS = 60_000

export function createLockWait(
  database: Database,
  file: string,
  onNotice: (notice: string) => void,
): LockWait {
  const isSameFile = file === ':memory:' ? () => true : createFileCheck(file)
  let isReported = false
  const isLocked = (): boolean => isWriteLocked(database)
  return {
    isLocked,
    async untilWritable() {
      const start = performance.now()
      while (isLocked()) {
        const waited = performance.now() - start
        if (waited > MAX_LOCK_WAIT_MS) throw lockError(file)
        if (waited > SILENT_WAIT_MS && !isReported) {
          isReported = true
          onNotice(waitingForDatabase(file))
        }
        await sleep(POLL_MS)
      }
      isReported = false
      if (!isSameFile()) throw createUserError(databaseReplaced(file))
    },
  }
}

function lockError(file: string) {
  const { message = '', hint = '' } = sqliteErrors['SQLITE_BUSY'] ?? {}
  return createUserError({ message: `${message}: ${file}`, hint })
}

function isWriteLocked(database: Database): boolean {
  if (!database.open || database.inTransaction) return false
  database.exec('pragma busy_timeout = 0')
  try {
    database.exec('begin immediate; rollback')
    return false
  } catch (thrown) {
    // Other errors, such as a full disk, are those of the write that follows.
    return sqliteCode(thrown)?.startsWith('SQLITE_BUSY') === true
  } finally {
    database.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`)
  }
}

/** What is written to a file that was moved or deleted is lost to every later start. */
function createFileCheck(file: string): () => boolean {
  const facts = () => statSync(file, { throwIfNoEntry: false })
  const opened = facts()
  return () => {
    const now = facts()
    return now?.ino === opened?.ino && now?.dev === opened?.dev
  }
}

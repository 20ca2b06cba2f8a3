import { existsSync, linkSync, renameSync, rmSync } from 'node:fs'
import { chmod, copyFile } from 'node:fs/promises'
import Libsql from 'libsql'
import { isErrno } from '../../fs/errno.ts'
import { createUserError, messageOf } from '../../util/user-error.ts'
import { backupDamaged, databaseInUse } from '../messages/storage.ts'
import { createPrivateDirectory } from '../private-directory.ts'
import { type Backup, backupDirectory, PARTIAL, removePartialFiles, unusedFile } from './backups.ts'
import { assertOwnDatabase, checkPages, type Database, suspectMarker } from './database.ts'
import { isCorruption, sqliteCode } from './sqlite-errors.ts'

/** How much a database contains. */
interface DatabaseContents {
  readonly agents: number
  readonly conversations: number
  readonly messages: number
}

/**
 * Null when the file cannot be read as a database of letta. The counts are read from the message of an error: a prepared statement
 * would keep the file open until it is garbage-collected, and a database that is open cannot be replaced.
 */
export function readContents(file: string): DatabaseContents | null {
  if (!existsSync(file)) return null
  const database = new Libsql(file, { readonly: true, timeout: 2000 })
  try {
    // The first versions of the database had one conversation for each agent, and no table of them.
    return countRows(database, countOf('conversations')) ?? countRows(database, '0')
  } finally {
    database.close()
  }
}

function countOf(table: string): string {
  return `(select count(*) from ${table})`
}

function countRows(database: Database, conversationCount: string): DatabaseContents | null {
  const counts = [countOf('agents'), conversationCount, countOf('messages')].join(" || ' ' || ")
  try {
    database.exec(`select json_extract('{}', 'counts ' || ${counts})`)
    return null
  } catch (thrown) {
    if (sqliteCode(thrown) === null) throw thrown
    const found = /counts (\d+) (\d+) (\d+)/.exec(messageOf(thrown))
    if (found === null) return null
    const [agents = 0, conversations = 0, messages = 0] = found.slice(1).map(Number)
    // The first conversation of each agent has no row.
    return { agents, conversations: conversations + agents, messages }
  }
}

/**
 * Replaces the database by a copy of the backup, and returns the file in which the replaced one is retained; null when
 * there was none. Throws a `UserError` when another process uses the database, or the backup is damaged.
 */
export async function restoreBackup(
  database: string,
  backup: Backup,
  now: number,
): Promise<string | null> {
  assertIntact(backup)
  createPrivateDirectory(backupDirectory(database))
  await removePartialFiles(database, now)
  const aside = await unusedFile(database, now, 'restore')
  const copy = `${aside}.${process.pid}${PARTIAL}`
  const isReplaced = existsSync(database)
  const lock = isReplaced ? lockAlone(database) : null
  try {
    await copyFile(backup.file, copy)
    await chmod(copy, 0o600)
    // The lock is held, so the log is part of the file or belongs to a file that cannot be read.
    if (isReplaced) replace(database, copy, aside)
    else renameSync(copy, database)
    rmSync(suspectMarker(database), { force: true })
  } finally {
    lock?.close()
    rmSync(copy, { force: true })
  }
  return isReplaced ? aside : null
}

/** Replaces `file` without a moment in which it does not exist, where the file system has hard links. */
function replace(file: string, copy: string, aside: string): void {
  for (const end of ['-wal', '-shm']) {
    if (existsSync(file + end)) renameSync(file + end, aside + end)
  }
  try {
    linkSync(file, aside)
  } catch (thrown) {
    if (!isErrno(thrown)) throw thrown
    renameSync(file, aside)
  }
  renameSync(copy, file)
}

/**
 * Locks the database for this process, which fails while another one has it open, and merges its log. Null for a file that is
 * too damaged to be locked.
 */
function lockAlone(file: string): { close(): void } | null {
  const database = new Libsql(file, { timeout: 1000 })
  try {
    // Every process that uses the write-ahead log holds a lock that `exclusive` waits for.
    database.exec('pragma locking_mode = exclusive; pragma journal_mode = delete; begin exclusive')
    return database
  } catch (thrown) {
    database.close()
    if (sqliteCode(thrown)?.startsWith('SQLITE_BUSY') === true) {
      throw createUserError(databaseInUse(file), thrown)
    }
    if (sqliteCode(thrown) !== null) return null
    throw thrown
  }
}

function assertIntact({ id, file }: Backup): void {
  const database = new Libsql(file, { readonly: true })
  try {
    assertOwnDatabase(database, file)
    checkPages(database)
  } catch (thrown) {
    if (isCorruption(thrown)) throw createUserError(backupDamaged(id), thrown)
    throw thrown
  } finally {
    database.close()
  }
  // A file without tables, which may be empty, would become a new database.
  if (readContents(file) === null) throw createUserError(backupDamaged(id))
}

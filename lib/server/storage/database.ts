import { chmodSync, existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import path from 'node:path'
import Libsql from 'libsql'
import { ignoreErrno } from '../../fs/errno.ts'
import { createUserError, messageOf, UserError } from '../../util/user-error.ts'
import {
  CORRUPT_DATABASE_MOVED,
  cannotCreateDirectory,
  cannotOpenDatabase,
  corruptDatabaseMoved,
  databaseClosed,
  databaseReplaced,
  foreignDatabase,
  newerDatabase,
  QUICK_CHECK_FAILED,
} from '../messages/storage.ts'
import { createPrivateDirectory } from '../private-directory.ts'
import { MIGRATIONS } from './migrations.ts'
import { isCorruption, sqliteCode, toStorageError } from './sqlite-errors.ts'

export type Database = InstanceType<typeof Libsql>

/** How long a statement waits for the lock of another process: that blocks the thread, so `untilWritable` waits before. */
export const BUSY_TIMEOUT_MS = 5000

/**
 * Opens the database file, creates it (mode 0600, in a directory of mode 0700) and migrates it. `:memory:` is a database
 * without a file. A corrupt file is moved, which is reported to `onNotice`, and an empty one replaces it.
 * Throws a `UserError`.
 */
export function openDatabase(
  file: string,
  onNotice: (notice: string) => void = () => {},
  maxBusyWaitMs = MAX_BUSY_WAIT_MS,
): Database {
  if (file === ':memory:') return openFile(file, 0)
  let ino: number | null = null
  try {
    createFile(file)
    const first = statSync(file).ino
    ino = first
    const notices: string[] = []
    try {
      return openWithRetry(file, maxBusyWaitMs, () => notices.push(moveCorruptFile(file, first)))
    } catch (thrown) {
      if (notices.length === 0) throw thrown
    }
    notices.forEach(onNotice)
    createFile(file)
    ino = statSync(file).ino
    return openWithRetry(file, maxBusyWaitMs)
  } catch (thrown) {
    if (thrown instanceof UserError) throw thrown
    const known = describeFailure(thrown, file, ino)
    if (known instanceof UserError) throw known
    throw createUserError(cannotOpenDatabase(file, messageOf(thrown)), thrown)
  }
}

/** Closes the database. Its write-ahead log is copied into the file unless another process uses it. */
export function closeDatabase(database: Database): void {
  if (!database.open) return
  try {
    database.exec('pragma busy_timeout = 200; pragma wal_checkpoint(truncate)')
  } catch (thrown) {
    // Nothing is lost: the next process to open the file reads the log.
    if (sqliteCode(thrown) === null) throw thrown
  } finally {
    database.close()
  }
}

/** Runs `work` in a transaction; `immediate`, so that two processes wait for each other instead of failing. */
export function inTransaction<Value>(database: Database, work: () => Value): Value {
  assertOpen(database)
  if (database.inTransaction) return work()
  executeSql(database, 'begin immediate')
  try {
    const value = work()
    executeSql(database, 'commit')
    return value
  } catch (thrown) {
    // SQLite itself rolls back when the disk is full.
    if (database.open && database.inTransaction) database.exec('rollback')
    throw thrown
  }
}

/** Runs one access to the database, and turns what SQLite throws into a `UserError`. */
export function withStorageErrors<Value>(database: Database, access: () => Value): Value {
  assertOpen(database)
  try {
    return access()
  } catch (thrown) {
    const file = findFile(database)
    const error = describeFailure(thrown, file, openedFiles.get(database) ?? null)
    if (isCorruption(thrown) && file !== '' && !isReplaced(file, openedFiles.get(database))) {
      writeFileSync(suspectMarker(file), '', { mode: 0o600 })
    }
    throw error
  }
}

/** The inodes of the files that were opened. */
const openedFiles = new WeakMap<Database, number>()

/** What fails because the file was replaced, such as by a backup, is not the fault of the disk. */
function describeFailure(thrown: unknown, file: string, ino: number | null): unknown {
  const known = toStorageError(thrown, file)
  const isFault = known instanceof UserError && REPLACED.test(sqliteCode(thrown) ?? '')
  return isFault && isReplaced(file, ino) ? createUserError(databaseReplaced(file), thrown) : known
}

const REPLACED = /^SQLITE_(IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB)/

/** Whether the name belongs to another file than the one that was opened, or to none. */
function isReplaced(file: string, ino: number | null | undefined): boolean {
  if (ino === null || ino === undefined || file === '') return false
  return statSync(file, { throwIfNoEntry: false })?.ino !== ino
}

/** The driver's native code aborts the process when a closed database is used, so that is prevented here. */
function assertOpen(database: Database): void {
  if (!database.open) throw createUserError(databaseClosed)
}

function executeSql(database: Database, sql: string): void {
  withStorageErrors(database, () => database.exec(sql))
}

function findFile(database: Database): string {
  const main: unknown = database.prepare('pragma database_list').get()
  return String(Object(main).file)
}

/** This file marks that a corrupt page was read while letta ran: the next process to open the database checks all of it. */
export function suspectMarker(file: string): string {
  return `${file}-suspect`
}

function createFile(file: string): void {
  const directory = path.dirname(file)
  try {
    createPrivateDirectory(directory)
  } catch (thrown) {
    throw createUserError(cannotCreateDirectory(directory, messageOf(thrown)), thrown)
  }
  if (!existsSync(file)) writeFileSync(file, '', { mode: 0o600, flag: 'a' })
}

/**
 * With `synchronous = normal` a committed change survives the end of the process, because the kernel has it. A power cut
 * may lose the newest changes, but does not corrupt the file.
 */
const PRAGMAS = 'pragma journal_mode = wal; pragma synchronous = normal'

/** SQLite's busy timeout does not cover switching to the write-ahead log, where two processes can block each other. */
function openWithRetry(file: string, maxWaitMs: number, onCorruption?: () => void): Database {
  const start = performance.now()
  for (;;) {
    try {
      return openFile(file, maxWaitMs === 0 ? 0 : BUSY_TIMEOUT_MS, onCorruption)
    } catch (thrown) {
      const isOver = performance.now() - start >= maxWaitMs
      if (sqliteCode(thrown)?.startsWith('SQLITE_BUSY') !== true || isOver) throw thrown
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5 + Math.random() * 20)
    }
  }
}

/** Less than SQLite's own timeout: an attempt that has waited for that is not repeated. */
const MAX_BUSY_WAIT_MS = 3000

/**
 * Uses only `exec`: a prepared statement keeps the file open until it is garbage-collected. SQLite, which closes the file
 * then, would delete the log of the file that has the name by that time.
 */
function openFile(file: string, timeoutMs: number, onCorruption: () => void = () => {}): Database {
  const ino = statSync(file, { throwIfNoEntry: false })?.ino
  const database = new Libsql(file, { timeout: timeoutMs })
  try {
    assertOwnDatabase(database, file)
    if (file !== ':memory:') chmodSync(file, 0o600)
    database.exec(PRAGMAS)
    migrate(database)
    // The rows are counted, not read: the driver aborts the process when it reads text that is not UTF-8.
    for (const table of TABLES) {
      database.exec(`select count(*) from (select * from ${table} limit 1)`)
    }
    if (existsSync(suspectMarker(file))) checkIntegrity(database, file)
    database.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`)
    if (ino !== undefined) openedFiles.set(database, ino)
    return database
  } catch (thrown) {
    // Called before closing, because SQLite deletes the log when it closes the file.
    if (isCorruption(thrown)) onCorruption()
    database.close()
    throw thrown
  }
}

const TABLES = [
  'agents',
  'blocks',
  'block_versions',
  'tools',
  'conversations',
  'messages',
  'passages',
  'runs',
] as const

/**
 * Whether the file can be read as a database of letta; it is neither moved nor migrated. Throws a `UserError` for that of another
 * program or of a newer letta. A database that another process has locked counts as readable.
 */
export function isReadableDatabase(file: string): boolean {
  const database = new Libsql(file, { timeout: 0 })
  try {
    assertOwnDatabase(database, file)
    database.exec('select count(*) from sqlite_schema')
    return true
  } catch (thrown) {
    if (thrown instanceof UserError) throw thrown
    return !isCorruption(thrown)
  } finally {
    database.close()
  }
}

/** Refuses the file of another program or of a newer letta, without changing it. */
export function assertOwnDatabase(database: Database, file: string): void {
  const version = '(select user_version from pragma_user_version)'
  if (isTrue(database, `${version} > ${MIGRATIONS.length}`)) {
    throw createUserError(newerDatabase(file))
  }
  const tables = "(select count(*) from sqlite_schema where type = 'table'"
  const hasOurTables = `${tables} and name = 'agents') = 1`
  if (isTrue(database, `${tables}) = 0 or (${version} > 0 and ${hasOurTables})`)) return
  throw createUserError(foreignDatabase(file))
}

function migrate(database: Database): void {
  const version = '(select user_version from pragma_user_version)'
  // Most starts have nothing to migrate, and then do not wait for a lock.
  if (isTrue(database, `${version} = ${MIGRATIONS.length}`)) return
  inTransaction(database, () => {
    for (const [index, step] of MIGRATIONS.entries()) {
      if (!isTrue(database, `${version} = ${index}`)) continue
      database.exec(`${step}; pragma user_version = ${index + 1}`)
    }
  })
}

function checkIntegrity(database: Database, file: string): void {
  checkPages(database)
  rmSync(suspectMarker(file))
}

/** Throws `SQLITE_CORRUPT` when a page is corrupt. */
export function checkPages(database: Database): void {
  if (isTrue(database, "exists (select 1 from pragma_quick_check where quick_check <> 'ok')")) {
    throw Object.assign(new Error(QUICK_CHECK_FAILED), { code: 'SQLITE_CORRUPT' })
  }
}

/** Whether opening the file would migrate nothing, by its header. True for a file that does not exist or is no database. */
export async function isCurrentVersion(file: string): Promise<boolean> {
  const handle = await open(file, 'r').catch(ignoreErrno('ENOENT'))
  if (handle === null) return true
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(100), 0, 100, 0)
    if (bytesRead < 100 || buffer.toString('latin1', 0, 15) !== 'SQLite format 3') return true
    const version = buffer.readUInt32BE(USER_VERSION_OFFSET)
    // Zero: the version is still in the log, or the database is of another program.
    return version === 0 || version >= MIGRATIONS.length
  } finally {
    await handle.close()
  }
}

/** Of `pragma user_version`, https://www.sqlite.org/fileformat2.html */
const USER_VERSION_OFFSET = 60

/**
 * Evaluates a condition with `exec`, which returns no rows but can fail: the statement raises an SQL error at `json('!')`
 * exactly when the condition is true.
 */
function isTrue(database: Database, condition: string): boolean {
  try {
    database.exec(`select iif(${condition}, json('!'), null)`)
    return false
  } catch (thrown) {
    if (sqliteCode(thrown) === 'SQLITE_ERROR') return true
    throw thrown
  }
}

/** Renames a corrupt file, its log first: SQLite would apply the log to any file that has the name. Returns a notice. */
function moveCorruptFile(file: string, ino: number): string {
  // Another process found it corrupt too and was first: by now the name belongs to a new file.
  if (statSync(file, { throwIfNoEntry: false })?.ino !== ino) return CORRUPT_DATABASE_MOVED
  const newName = unusedName(`${file}.damaged`)
  for (const end of ['-wal', '-shm', '']) {
    if (existsSync(file + end)) renameSync(file + end, newName + end)
  }
  rmSync(suspectMarker(file), { force: true })
  return corruptDatabaseMoved(file, newName)
}

function unusedName(name: string): string {
  let unused = name
  for (let count = 2; existsSync(unused); count++) unused = `${name}-${count}`
  return unused
}

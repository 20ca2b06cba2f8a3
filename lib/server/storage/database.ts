import { chmodSync, existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import Libsql from 'libsql'
import { messageOf, UserError } from '../../util/user-error.ts'
import { createPrivateDirectory } from '../private-directory.ts'
import { MIGRATIONS } from './migrations.ts'
import { isCorruption, sqliteCode, toStorageError } from './sqlite-errors.ts'

export type Database = InstanceType<typeof Libsql>

/**
 * Opens the file, making it (0600, in a folder of 0700) and bringing it up to date. `:memory:` for none.
 * A damaged one is set aside, told by `tell`, and an empty one takes its place.
 */
export function openDatabase(file: string, tell: (notice: string) => void = () => {}): Database {
  if (file === ':memory:') return openFile(file)
  try {
    createFile(file)
    const { ino } = statSync(file)
    const notices: string[] = []
    try {
      return openWithRetry(file, () => notices.push(moveCorruptFile(file, ino)))
    } catch (thrown) {
      if (notices.length === 0) throw thrown
    }
    notices.forEach(tell)
    createFile(file)
    return openWithRetry(file)
  } catch (thrown) {
    if (thrown instanceof UserError) throw thrown
    const trouble = toStorageError(thrown, file)
    if (trouble instanceof UserError) throw trouble
    throw new UserError(`The database ${file} cannot be opened.`, {
      hint: `It is kept as it is. Is it a file, and yours to read and write? (${messageOf(thrown)})`,
      cause: thrown,
    })
  }
}

/** Leaves one whole file behind: what is still in the log goes into it, if nobody else is busy with it. */
export function closeDatabase(database: Database): void {
  if (!database.open) return
  try {
    database.exec('pragma busy_timeout = 200; pragma wal_checkpoint(truncate)')
  } catch (thrown) {
    // Nothing is lost: the log keeps it for the next one who opens the file.
    if (sqliteCode(thrown) === null) throw thrown
  } finally {
    database.close()
  }
}

/** All or nothing; `immediate`, so that two processes wait for each other instead of failing. */
export function inTransaction<Value>(database: Database, work: () => Value): Value {
  if (database.inTransaction) return work()
  executeSql(database, 'begin immediate')
  try {
    const value = work()
    executeSql(database, 'commit')
    return value
  } catch (thrown) {
    // A full disk has ended the transaction by itself.
    if (database.inTransaction) database.exec('rollback')
    throw thrown
  }
}

/** Runs one access to the database; what fails is told so that a person can act on it. */
export function withStorageErrors<Value>(database: Database, access: () => Value): Value {
  try {
    return access()
  } catch (thrown) {
    const file = fileOf(database)
    if (isCorruption(thrown) && file !== '') writeFileSync(suspectMarker(file), '', { mode: 0o600 })
    throw toStorageError(thrown, file)
  }
}

function executeSql(database: Database, sql: string): void {
  withStorageErrors(database, () => database.exec(sql))
}

function fileOf(database: Database): string {
  const main: unknown = database.prepare('pragma database_list').get()
  return String(Object(main).file)
}

/** The note that a page was found broken while letta ran: the next one to open the file looks at all of it. */
function suspectMarker(file: string): string {
  return `${file}-suspect`
}

function createFile(file: string): void {
  createPrivateDirectory(path.dirname(file))
  if (!existsSync(file)) writeFileSync(file, '', { mode: 0o600, flag: 'a' })
}

/** An acknowledged commit outlives the process (`normal`: the kernel has it); a power cut may take the last ones, never the file. */
const PRAGMAS = 'pragma journal_mode = wal; pragma synchronous = normal; pragma busy_timeout = 5000'

/** Where SQLite itself does not wait: two that open a new file at once keep each other from giving it its log. */
function openWithRetry(file: string, onDamage?: () => void): Database {
  const begun = performance.now()
  for (;;) {
    try {
      return openFile(file, onDamage)
    } catch (thrown) {
      const isOver = performance.now() - begun > MAX_BUSY_WAIT_MS
      if (sqliteCode(thrown)?.startsWith('SQLITE_BUSY') !== true || isOver) throw thrown
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5 + Math.random() * 20)
    }
  }
}

/** Less than SQLite's own timeout: who has waited for that has waited enough. */
const MAX_BUSY_WAIT_MS = 3000

/**
 * By `exec` alone: a prepared statement keeps the file open until the garbage collector comes by, and SQLite,
 * closing it then, would take the log away from the file that has the name by then.
 */
function openFile(file: string, onDamage: () => void = () => {}): Database {
  const database = new Libsql(file, { timeout: 5000 })
  try {
    assertOwnDatabase(database, file)
    if (file !== ':memory:') chmodSync(file, 0o600)
    database.exec(PRAGMAS)
    migrate(database)
    // Counted, not read: of a text that is no UTF-8 the driver dies.
    for (const table of TABLES) {
      database.exec(`select count(*) from (select * from ${table} limit 1)`)
    }
    if (existsSync(suspectMarker(file))) checkIntegrity(database, file)
    return database
  } catch (thrown) {
    // Before it is closed, with which SQLite would take the log away.
    if (isCorruption(thrown)) onDamage()
    database.close()
    throw thrown
  }
}

const TABLES = [
  'agents',
  'blocks',
  'tools',
  'conversations',
  'messages',
  'passages',
  'runs',
] as const

/** What another program, or a letta to come, has written is not touched. */
function assertOwnDatabase(database: Database, file: string): void {
  const version = '(select user_version from pragma_user_version)'
  if (isTrue(database, `${version} > ${MIGRATIONS.length}`)) {
    throw new UserError(`The database ${file} was written by a newer letta.`, {
      hint: 'Nothing was changed in it. Update letta, or move the file aside.',
    })
  }
  const tables = "(select count(*) from sqlite_schema where type = 'table'"
  const isOurs = `${tables} and name = 'agents') = 1`
  if (isTrue(database, `${tables}) = 0 or (${version} > 0 and ${isOurs})`)) return
  throw new UserError(`The database ${file} belongs to another program.`, {
    hint: 'Nothing was changed in it. Name another file.',
  })
}

function migrate(database: Database): void {
  const version = '(select user_version from pragma_user_version)'
  // Most starts find nothing to do, and wait for nobody then.
  if (isTrue(database, `${version} = ${MIGRATIONS.length}`)) return
  inTransaction(database, () => {
    for (const [index, step] of MIGRATIONS.entries()) {
      if (!isTrue(database, `${version} = ${index}`)) continue
      database.exec(`${step}; pragma user_version = ${index + 1}`)
    }
  })
}

function checkIntegrity(database: Database, file: string): void {
  if (isTrue(database, "exists (select 1 from pragma_quick_check where quick_check <> 'ok')")) {
    const broken = new Error('The quick check found broken pages.')
    throw Object.assign(broken, { code: 'SQLITE_CORRUPT' })
  }
  rmSync(suspectMarker(file))
}

/** A question by `exec`, which answers nothing but can fail: at `json('!')`, when the condition holds. */
function isTrue(database: Database, condition: string): boolean {
  try {
    database.exec(`select iif(${condition}, json('!'), null)`)
    return false
  } catch (thrown) {
    if (sqliteCode(thrown) === 'SQLITE_ERROR') return true
    throw thrown
  }
}

/** Under another name, its log first: a log would be played into any file that has the name. Gives the notice. */
function moveCorruptFile(file: string, ino: number): string {
  // Two processes have found it damaged: the other was first, and the name is a new file's by now.
  if (statSync(file, { throwIfNoEntry: false })?.ino !== ino)
    return 'A damaged database was set aside.'
  const kept = unusedName(`${file}.damaged`)
  for (const end of ['-wal', '-shm', '']) {
    if (existsSync(file + end)) renameSync(file + end, kept + end)
  }
  rmSync(suspectMarker(file), { force: true })
  return `The database ${file} is damaged. It is kept as ${kept}; an empty one takes its place.`
}

function unusedName(name: string): string {
  let free = name
  for (let count = 2; existsSync(free); count++) free = `${name}-${count}`
  return free
}

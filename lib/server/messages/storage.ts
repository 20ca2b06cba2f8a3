import type { MessageWithHint } from '../../util/user-error.ts'

/** What a person reads about the database: an error, and what to do about it. */

const NOT_SAVED = 'This change was not saved.'
const NOT_MODIFIED = 'It was not modified.'
/** How to return to an earlier state of the database. */
const LIST_BACKUPS = '`letta backup list` shows its backups.'
const FIX_OWNERSHIP = 'Fix the ownership of the file and its directory.'

export const cannotOpenDatabase = (file: string, reason: string): MessageWithHint => ({
  message: `Cannot open the database ${file}.`,
  hint: `${NOT_MODIFIED} Check that it is a file you can read and write (${reason}). ${LIST_BACKUPS}`,
})

export const cannotCreateDirectory = (directory: string, reason: string): MessageWithHint => ({
  message: `Cannot create the directory ${directory}: ${reason}`,
  hint: 'Agents and messages are stored there. Make the directory above it writable, or set LETTA_HOME to one that is.',
})

export const newerDatabase = (file: string): MessageWithHint => ({
  message: `The database ${file} was created by a newer version of letta.`,
  hint: `${NOT_MODIFIED} Update letta, or move the file.`,
})

export const foreignDatabase = (file: string): MessageWithHint => ({
  message: `${file} is not a letta database.`,
  hint: `${NOT_MODIFIED} Choose another file.`,
})

export const databaseClosed: MessageWithHint = {
  message: 'The database is closed.',
  hint: `${NOT_SAVED} The server is shutting down.`,
}

/** Shown once, when a corrupt file has been moved. */
export const corruptDatabaseMoved = (file: string, newName: string): string =>
  `Corrupt database ${file} moved to ${newName}; created a new one. ${LIST_BACKUPS}`

/** The same from the second of two processes, which does not know the new name. */
export const CORRUPT_DATABASE_MOVED = `A corrupt database was moved by another process; created a new one. ${LIST_BACKUPS}`

/** `table`: what the row was, such as `messages`. */
export const damagedRow = (table: string, rowId: number): string =>
  `A damaged row of the database was set aside (${table}, row ${rowId}). It is in the table damaged_rows.`

/** `table`: see `damagedRow`. What the row contains was not damaged. */
export const repairedRow = (table: string, rowId: number): string =>
  `A damaged row of the database was repaired from its content (${table}, row ${rowId}).`

/** Shown while another process writes for longer than it should. */
export const waitingForDatabase = (file: string): string =>
  `Another process is writing to ${file}. letta waits for it.`

export const databaseReplaced = (file: string): MessageWithHint => ({
  message: `The database ${file} was moved, deleted or replaced while letta was running.`,
  hint: `${NOT_SAVED} Run the command again or restart letta; or put the file back.`,
})

export const databaseInUse = (file: string): MessageWithHint => ({
  message: `The database ${file} is in use by another process.`,
  hint: `${NOT_MODIFIED} End the other letta, or \`letta serve\`, and try again.`,
})

/** `id`: of the backup. */
export const backupDamaged = (id: string): MessageWithHint => ({
  message: `Backup ${id} is damaged.`,
  hint: 'The database was not changed. Choose another one: letta backup list',
})

/** Reported only: what was to follow is done without a backup. */
export const backupFailed = (reason: string): string =>
  `The database could not be backed up: ${reason}.`

export const QUICK_CHECK_FAILED = 'The quick check found corrupt pages.'

const CORRUPT: MessageWithHint = {
  message: 'The database is corrupt',
  hint: `Restart letta: it moves the file and creates a new database. ${LIST_BACKUPS}`,
}

/** By the beginning of SQLite's error code; the file's name follows the message. */
export const sqliteErrors: Readonly<Record<string, MessageWithHint>> = {
  SQLITE_FULL: {
    message: 'The disk is full, so the database could not be written',
    hint: `${NOT_SAVED} Existing data is safe. Free disk space and try again.`,
  },
  SQLITE_IOERR: {
    message: 'The database could not be read or written',
    hint: `${NOT_SAVED} Check for a full disk, an exceeded quota or a failing disk.`,
  },
  SQLITE_READONLY: { message: 'The database is not writable', hint: FIX_OWNERSHIP },
  SQLITE_CANTOPEN: { message: 'Cannot open the database', hint: FIX_OWNERSHIP },
  SQLITE_BUSY: {
    message: 'The database is locked by another process',
    hint: `${NOT_SAVED} Try again later.`,
  },
  SQLITE_CORRUPT: CORRUPT,
  SQLITE_NOTADB: CORRUPT,
}

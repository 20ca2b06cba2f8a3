/** What a person reads about the database: an error, and what to do about it. */

export interface StorageMessage {
  readonly text: string
  readonly hint: string
}

const NOT_SAVED = 'This change was not saved.'
const NOT_MODIFIED = 'It was not modified.'
const FIX_OWNERSHIP = 'Fix the ownership of the file and its directory.'

export const cannotOpenDatabase = (file: string, reason: string): StorageMessage => ({
  text: `Cannot open the database ${file}.`,
  hint: `${NOT_MODIFIED} Check that it is a file you can read and write (${reason}).`,
})

export const newerDatabase = (file: string): StorageMessage => ({
  text: `The database ${file} was created by a newer version of letta.`,
  hint: `${NOT_MODIFIED} Update letta, or move the file.`,
})

export const foreignDatabase = (file: string): StorageMessage => ({
  text: `${file} is not a letta database.`,
  hint: `${NOT_MODIFIED} Choose another file.`,
})

export const databaseClosed: StorageMessage = {
  text: 'The database is closed.',
  hint: `${NOT_SAVED} The server is shutting down.`,
}

/** Shown once, when a corrupt file has been moved. */
export const corruptDatabaseMoved = (file: string, newName: string): string =>
  `Corrupt database ${file} moved to ${newName}; created a new one.`

/** The same from the second of two processes, which does not know the new name. */
export const CORRUPT_DATABASE_MOVED =
  'A corrupt database was moved by another process; created a new one.'

export const QUICK_CHECK_FAILED = 'The quick check found corrupt pages.'

const CORRUPT: StorageMessage = {
  text: 'The database is corrupt',
  hint: 'Restart letta: it moves the file and creates a new database.',
}

/** By the beginning of SQLite's error code; the file's name follows the text. */
export const sqliteErrors: Readonly<Record<string, StorageMessage>> = {
  SQLITE_FULL: {
    text: 'The disk is full, so the database could not be written',
    hint: `${NOT_SAVED} Existing data is safe. Free disk space and try again.`,
  },
  SQLITE_IOERR: {
    text: 'The database could not be read or written',
    hint: `${NOT_SAVED} Check for a full disk, an exceeded quota or a failing disk.`,
  },
  SQLITE_READONLY: { text: 'The database is not writable', hint: FIX_OWNERSHIP },
  SQLITE_CANTOPEN: { text: 'Cannot open the database', hint: FIX_OWNERSHIP },
  SQLITE_BUSY: {
    text: 'The database is locked by another process',
    hint: `${NOT_SAVED} Try again later.`,
  },
  SQLITE_CORRUPT: CORRUPT,
  SQLITE_NOTADB: CORRUPT,
}

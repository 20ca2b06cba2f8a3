import { errnoCode } from '../../fs/errno.ts'
import { UserError } from '../../util/user-error.ts'

/** SQLite's name of what went wrong, e.g. `SQLITE_BUSY`; null for what is not SQLite's. */
export function sqliteCode(thrown: unknown): string | null {
  const code = errnoCode(thrown)
  return code?.startsWith('SQLITE_') ? code : null
}

/** The file is no database, or one with broken pages. */
export function isCorruption(thrown: unknown): boolean {
  return ['SQLITE_CORRUPT', 'SQLITE_NOTADB'].includes(sqliteCode(thrown)?.slice(0, 14) ?? '')
}

/** What a person can do about a database that fails; a mistake of ours is thrown on as it is. */
export function toStorageError(thrown: unknown, file: string): unknown {
  const code = sqliteCode(thrown)
  const known = Object.entries(KNOWN_ERRORS).find(([prefix]) => code?.startsWith(prefix))
  if (known === undefined) return thrown
  const [what, hint] = known[1]
  return new UserError(`${what}: ${file}`, { hint, cause: thrown })
}

const CORRUPT = [
  'The database is damaged',
  'Start letta again: it sets the file aside, under another name, and begins an empty one.',
] as const

const KNOWN_ERRORS: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  SQLITE_FULL: [
    'The disk is full, so the database could not be written',
    'Nothing of this was stored, what was stored before is safe. Make room, then try again.',
  ],
  SQLITE_IOERR: [
    'The database could not be read or written',
    'Nothing of this was stored. Is the disk full, a quota reached, or the disk failing?',
  ],
  SQLITE_READONLY: ['The database cannot be written', 'Make the file and its folder yours.'],
  SQLITE_CANTOPEN: ['The database cannot be opened', 'Make the file and its folder yours.'],
  SQLITE_BUSY: [
    'Another program keeps the database locked',
    'Nothing of this was stored. Try again when the other one has done its work.',
  ],
  SQLITE_CORRUPT: CORRUPT,
  SQLITE_NOTADB: CORRUPT,
}

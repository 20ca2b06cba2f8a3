import { createUserError } from '../../util/user-error.ts'
import { sqliteErrors } from '../messages/storage.ts'

/** SQLite's error code, e.g. `SQLITE_BUSY`; null for other errors. */
export function sqliteCode(thrown: unknown): string | null {
  if (!(thrown instanceof Error) || !('code' in thrown)) return null
  return typeof thrown.code === 'string' && thrown.code.startsWith('SQLITE_') ? thrown.code : null
}

/** Whether the file is not a database, or has corrupt pages. */
export function isCorruption(thrown: unknown): boolean {
  return ['SQLITE_CORRUPT', 'SQLITE_NOTADB'].includes(sqliteCode(thrown)?.slice(0, 14) ?? '')
}

/** A `UserError` for a database that fails; an internal error is returned unchanged. */
export function toStorageError(thrown: unknown, file: string): unknown {
  const code = sqliteCode(thrown)
  const known = Object.entries(sqliteErrors).find(([prefix]) => code?.startsWith(prefix))
  if (known === undefined) return thrown
  const { message, hint } = known[1]
  return createUserError({ message: `${message}: ${file}`, hint }, thrown)
}

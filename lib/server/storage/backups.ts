import { chmod, open, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { ignoreErrno } from '../../fs/errno.ts'
import { flush } from '../../fs/flush.ts'
import { createPrivateDirectory } from '../private-directory.ts'
import { isCurrentVersion } from './database.ts'

/** Why a backup was made: once a day, before a migration, before something is deleted, or before another one is restored. */
const BACKUP_REASONS = ['daily', 'update', 'delete', 'restore'] as const
export type BackupReason = (typeof BACKUP_REASONS)[number]

export interface Backup {
  /** When it was made, in UTC: `20261129-212946`. */
  readonly id: string
  readonly file: string
  readonly reason: BackupReason
  /** Milliseconds since 1970. */
  readonly at: number
  readonly size: number
}

interface BackupOptions {
  /** The database file. */
  readonly database: string
  /** All backups together have at most this size; 0 makes none. */
  readonly maxBytes: number
  now(): number
}

interface Backups {
  /** Makes a backup when the newest one, or the oldest agent, is older than a day. */
  daily(oldestAgentAt: number | null): Promise<void>
  /** Before the database is migrated by this version of the program. */
  beforeMigration(): Promise<void>
  /** Before something is deleted. The deletions of a minute share a backup, so that many of them keep the earlier ones. */
  beforeDeletion(): Promise<void>
  /** Cancels the backup that is being made. */
  close(): Promise<void>
}

const DAY_MS = 86_400_000
const DELETIONS_MS = 60_000

/** How many of each reason are retained. */
const RETAINED: Readonly<Record<BackupReason, number>> = {
  daily: 7,
  update: 3,
  delete: 5,
  restore: 3,
}

export function backupDirectory(database: string): string {
  return path.join(path.dirname(database), 'backups')
}

/**
 * Copies of the database in files next to it. SQLite makes them in a thread of the driver, from a state in which no change is
 * half made, while other processes read and write. A database with corrupt pages is not copied, because the copy fails.
 */
export function createBackups(options: BackupOptions): Backups {
  const { database, now } = options
  let current: { readonly done: Promise<void>; cancel(): void } | null = null

  const make = async (reason: BackupReason): Promise<void> => {
    if (current !== null) return current.done
    const facts = await stat(database).catch(ignoreErrno('ENOENT'))
    if (facts === null || facts.size === 0 || facts.size > options.maxBytes) return
    // `current` may have been set while this waited.
    current ??= startBackup(options, reason)
    await current.done.finally(() => {
      current = null
    })
  }
  const age = async (isCounted: (backup: Backup) => boolean): Promise<number> => {
    const newest = (await listBackups(database)).find(isCounted)
    return newest === undefined ? Number.POSITIVE_INFINITY : now() - newest.at
  }

  return {
    async daily(oldestAgentAt) {
      await removePartialFiles(database, now())
      if (oldestAgentAt === null || now() - oldestAgentAt < DAY_MS) return
      if ((await age(({ reason }) => reason !== 'restore')) >= DAY_MS) await make('daily')
    },
    async beforeMigration() {
      if (!(await isCurrentVersion(database))) await make('update')
    },
    async beforeDeletion() {
      if ((await age(({ reason }) => reason === 'delete')) >= DELETIONS_MS) await make('delete')
    },
    async close() {
      current?.cancel()
      await current?.done.catch(() => undefined)
    },
  }
}

function startBackup(options: BackupOptions, reason: BackupReason) {
  let cancel = (): void => undefined
  let isCancelled = false
  const copy = async (): Promise<void> => {
    const { database, now } = options
    createPrivateDirectory(backupDirectory(database))
    await removePartialFiles(database, now())
    const file = await unusedFile(database, now(), reason)
    const partial = `${file}.${process.pid}${PARTIAL}`
    // Loaded when it is needed only, since most runs make no backup.
    const { default: AsyncLibsql } = await import('libsql/promise')
    const connection = new AsyncLibsql(database, { timeout: 5000 })
    cancel = () => connection.interrupt()
    try {
      if (isCancelled) return
      await connection.exec(`vacuum into '${partial.replaceAll("'", "''")}'`)
      await chmod(partial, 0o600)
      await flushFile(partial)
      await rename(partial, file)
    } finally {
      connection.close()
      await rm(partial, { force: true })
    }
    await removeOldBackups(options)
  }
  return {
    done: copy(),
    cancel(): void {
      isCancelled = true
      cancel()
    },
  }
}

/** Gives unused pages back to the file system, in a thread of the driver. Other connections can read meanwhile, and wait to write. */
export async function compactDatabase(database: string): Promise<void> {
  const { default: AsyncLibsql } = await import('libsql/promise')
  const connection = new AsyncLibsql(database, { timeout: 0 })
  try {
    await connection.exec('vacuum; pragma wal_checkpoint(truncate)')
  } finally {
    connection.close()
  }
}

/** The end of the name of a file that is being written. */
export const PARTIAL = '.partial'
const NAME = new RegExp(
  `^letta-(?<id>(\\d{4})(\\d\\d)(\\d\\d)-(\\d\\d)(\\d\\d)(\\d\\d)(-\\d+)?)-(?<reason>${BACKUP_REASONS.join('|')})\\.db$`,
)

/** A name for a backup that no file has. */
export async function unusedFile(
  database: string,
  now: number,
  reason: BackupReason,
): Promise<string> {
  const time = new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
  const ids = new Set((await listBackups(database)).map(({ id }) => id))
  let id = time
  for (let count = 2; ids.has(id); count++) id = `${time}-${count}`
  return path.join(backupDirectory(database), `letta-${id}-${reason}.db`)
}

/** The newest first. */
export async function listBackups(database: string): Promise<readonly Backup[]> {
  const directory = backupDirectory(database)
  const names = (await readdir(directory).catch(ignoreErrno('ENOENT', 'ENOTDIR'))) ?? []
  const backups: Backup[] = []
  for (const name of names) {
    const groups = NAME.exec(name)?.groups
    const file = path.join(directory, name)
    const facts = groups === undefined ? null : await stat(file).catch(ignoreErrno('ENOENT'))
    if (groups === undefined || facts === null || !facts.isFile()) continue
    const { id = '', reason } = groups
    const iso = id.replace(/^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d).*$/, '$1-$2-$3T$4:$5:$6Z')
    backups.push({
      id,
      file,
      reason: reason as BackupReason,
      at: Date.parse(iso) || facts.mtimeMs,
      size: facts.size,
    })
  }
  return backups.sort((one, other) => other.at - one.at || compare(other.id, one.id))
}

function compare(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true })
}

/** The newest of each reason stay, as many as fit. */
export async function removeOldBackups({
  database,
  maxBytes,
}: Pick<BackupOptions, 'database' | 'maxBytes'>): Promise<void> {
  const counts = new Map<BackupReason, number>()
  let bytes = 0
  for (const { file, reason, size } of await listBackups(database)) {
    const count = (counts.get(reason) ?? 0) + 1
    counts.set(reason, count)
    bytes += size
    // What a restore has replaced is in no other file: the newest stays, whatever its size.
    const isLastResort = reason === 'restore' && count === 1
    if (isLastResort || (count <= RETAINED[reason] && bytes <= maxBytes)) continue
    await rm(file, { force: true })
    bytes -= size
  }
}

/** What a killed process has left. */
export async function removePartialFiles(database: string, now: number): Promise<void> {
  const directory = backupDirectory(database)
  const names = (await readdir(directory).catch(ignoreErrno('ENOENT', 'ENOTDIR'))) ?? []
  for (const name of names) {
    if (!name.replace(/-journal$/, '').endsWith(PARTIAL)) continue
    const file = path.join(directory, name)
    const facts = await stat(file).catch(ignoreErrno('ENOENT'))
    if (facts !== null && now - facts.mtimeMs > DAY_MS) await rm(file, { force: true })
  }
}

async function flushFile(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  try {
    await flush(handle)
  } finally {
    await handle.close()
  }
}

import { stat } from 'node:fs/promises'
import { ignoreErrno } from '../fs/errno.ts'
import { COPY_TAG } from '../util/copy-tag.ts'
import { messageOf } from '../util/user-error.ts'
import { backupFailed } from './messages/storage.ts'
import { compactDatabase, createBackups } from './storage/backups.ts'
import type { Storage } from './storage/storage.ts'

interface ServerBackupOptions {
  readonly database: string
  readonly maxBackupBytes?: number
  now?(): number
  onNotice?(notice: string): void
}

/** When a server that is open makes backups. A backup that fails is reported, and stops nothing. */
interface ServerBackups {
  beforeMigration(): Promise<void>
  beforeDeletion(): Promise<void>
  /** Makes one a day from now on. */
  start(storage: StoredFacts): void
  /** Makes that of the day if it is due and quick, for programs that never run long enough. */
  close(storage: StoredFacts): Promise<void>
}

type StoredFacts = Pick<Storage, 'oldestAgentAt' | 'unusedBytes'>

/** Less is not worth writing the complete file again. */
const MIN_UNUSED_BYTES = 32 * 1024 * 1024

/** Late enough that it does not slow down the start. */
const FIRST_CHECK_MS = 10_000
const CHECK_INTERVAL_MS = 3_600_000
/** About a tenth of a second. */
const MAX_BYTES_AT_CLOSE = 16 * 1024 * 1024

/** Null when no backups are to be made. */
export function createServerBackups(options: ServerBackupOptions): ServerBackups | null {
  const { database, maxBackupBytes = 0, onNotice = () => undefined } = options
  if (maxBackupBytes === 0) return null
  const now = (): number => options.now?.() ?? Date.now()
  const backups = createBackups({ database, maxBytes: maxBackupBytes, now })
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  const reported = async (work: Promise<void>): Promise<void> => {
    try {
      await work
    } catch (thrown) {
      if (!isClosed) onNotice(backupFailed(messageOf(thrown)))
    }
  }
  const maintain = async (oldestAgentAt: number | null, unusedBytes: number): Promise<void> => {
    await backups.daily(oldestAgentAt)
    const { size } = await stat(database)
    const isWorth = unusedBytes > MIN_UNUSED_BYTES && unusedBytes > size / 4
    // A database that is in use is compacted at another time.
    if (isWorth && !isClosed) await compactDatabase(database).catch(() => undefined)
  }
  return {
    beforeMigration: () => reported(backups.beforeMigration()),
    beforeDeletion: () => reported(backups.beforeDeletion()),
    start({ oldestAgentAt, unusedBytes }) {
      const schedule = (delay: number): void => {
        timer = setTimeout(() => {
          void reported(maintain(oldestAgentAt(), unusedBytes()))
          schedule(CHECK_INTERVAL_MS)
        }, delay).unref()
      }
      schedule(FIRST_CHECK_MS)
    },
    async close({ oldestAgentAt }) {
      clearTimeout(timer)
      await backups.close()
      isClosed = true
      const facts = await stat(database).catch(ignoreErrno('ENOENT'))
      if (facts === null || facts.size > MAX_BYTES_AT_CLOSE) return
      await reported(Promise.resolve().then(() => backups.daily(oldestAgentAt())))
    },
  }
}

/** Whether the request deletes what is stored nowhere else: an agent, a conversation, or all messages. */
export function isDestructive(
  { method, url }: Request,
  { agents }: Pick<Storage, 'agents'>,
): boolean {
  const { pathname } = new URL(url)
  const [kind, id = '', action] = pathname.replace(/^\/v1\//, '').split('/')
  if (method === 'PATCH') return kind === 'agents' && action === 'reset-messages'
  if (method !== 'DELETE' || action !== undefined) return false
  return (
    kind === 'conversations' ||
    (kind === 'agents' && agents.get(id)?.tags.includes(COPY_TAG) === false)
  )
}

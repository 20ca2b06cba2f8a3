import { createHash } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { writeAtomically } from '../../fs/atomic-write.ts'
import { ignoreErrno } from '../../fs/errno.ts'
import { withLock } from '../../fs/lock.ts'
import { readStored } from '../../fs/read-stored.ts'
import { parseJson } from '../../util/parse-json.ts'
import { type Thread, threadKey } from '../../util/thread.ts'
import { type Lease, type LeaseTable, leaseOf } from './leases.ts'

/**
 * Leases for servers that have none: files in the user's own directory, one for each conversation of the server. They are seen by the
 * sessions of this user on this machine only.
 */
export function fileLeases(directory: string, server: string): LeaseTable {
  const fileOf = (thread: Thread): string => {
    const name = createHash('sha256')
      .update(`${server}\n${threadKey(thread)}`)
      .digest('hex')
      .slice(0, 32)
    return path.join(directory, `${name}.json`)
  }
  const change = async (
    thread: Thread,
    decide: (current: Lease | null) => Lease | null,
  ): Promise<Lease | null> => {
    const file = fileOf(thread)
    // Without a writable home there are no leases, and sessions work as if they were alone.
    await mkdir(directory, { recursive: true, mode: 0o700 }).catch(ignoreErrno(...UNWRITABLE))
    const work = async (): Promise<Lease | null> => {
      const next = decide(await readLease(file))
      if (next === null) await rm(file, { force: true }).catch(ignoreErrno(...UNWRITABLE))
      else await writeLease(file, next).catch(ignoreErrno(...UNWRITABLE))
      return next
    }
    return withLock(file, work, { ifUnavailable: 'run' })
  }
  return {
    read: async (thread) => ({ lease: await readLease(fileOf(thread)), pending: null }),
    hold: (thread, draft, replaces) =>
      change(thread, (current) => {
        const isOther = current !== null && current.owner !== draft.owner
        const isReplaced = current?.owner === replaces?.owner && current?.beat === replaces?.beat
        if (isOther && !isReplaced) return current
        return { ...draft, beat: (current?.beat ?? 0) + 1 }
      }),
    release: async (thread, owner) =>
      void (await change(thread, (current) => (current?.owner === owner ? null : current))),
  }
}

const UNWRITABLE = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOENT', 'ENOTDIR'] as const

async function readLease(file: string): Promise<Lease | null> {
  const text = await readStored(file)
  // A damaged file is no lease.
  return text === null ? null : leaseOf(parseJson(text))
}

function writeLease(file: string, { owner, activity, process, beat }: Lease): Promise<void> {
  const place = process && {
    host: process.host,
    process_id: process.processId,
    started_at: process.startedAt,
  }
  const text = JSON.stringify({ owner, activity, process: place, beat })
  return writeAtomically(file, text, { mode: 0o600, flush: false })
}

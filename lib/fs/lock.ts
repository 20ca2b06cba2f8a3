import { mkdir, rm, stat } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { isErrno } from './errno.ts'

interface LockOptions {
  /** What happens when the lock cannot be had, as on a read-only disk: rejects, or runs the task without it. */
  readonly ifUnavailable: 'reject' | 'run'
}

/**
 * Runs the task while this process holds the lock of the path, which need not exist, but whose directory must. Processes come
 * one after the other; the lock of a killed process is taken over after five seconds.
 */
export async function withLock<Value>(
  path: string,
  task: () => Promise<Value>,
  { ifUnavailable }: LockOptions = { ifUnavailable: 'reject' },
): Promise<Value> {
  const release = await acquire(path).catch((thrown: unknown) => {
    if (ifUnavailable === 'reject') throw thrown
    return async (): Promise<void> => undefined
  })
  try {
    return await task()
  } finally {
    // Fails when another process has taken the lock over: there is nothing to release then.
    await release().catch(() => undefined)
  }
}

async function acquire(path: string): Promise<() => Promise<void>> {
  // Loaded when it is first needed: most starts only read.
  const { default: lockfile } = await import('proper-lockfile')
  for (const end = Date.now() + WAIT_MS; ; ) {
    try {
      const release = await lockfile.lock(path, HELD)
      const own = await identityOf(`${path}.lock`)
      // The machine slept, and another process has taken the lock over: it is not ours to remove.
      return async () => ((await identityOf(`${path}.lock`)) === own ? release() : undefined)
    } catch (thrown) {
      // Only another holder is worth waiting for.
      if (!isErrno(thrown, 'ELOCKED') || Date.now() > end) throw thrown
    }
    await removeStale(path)
    await setTimeout(5 + Math.random() * 20)
  }
}

/**
 * Removes the lock of a process that was killed. The library removes it in two steps, between which another process may have taken the
 * lock (issue 121 of proper-lockfile). So only the process that has created the claim looks, and removes what it has seen. The claim of
 * a process that was killed then is not removed, but followed by a second one, which again only one process can create.
 */
async function removeStale(path: string): Promise<void> {
  const lock = `${path}.lock`
  if (!(await isStale(lock))) return
  const claims: string[] = []
  for (;;) {
    const claim = `${path}.stale.${claims.length + 1}`
    claims.push(claim)
    if (await isCreated(claim)) break
    if (!(await isStale(claim))) return
  }
  if (await isStale(lock)) await rm(lock, { recursive: true, force: true })
  // From now on no lock is stale for as long as a process that works needs to remove the claims.
  for (const claim of claims) await rm(claim, { recursive: true, force: true })
}

/** False when it exists. */
async function isCreated(directory: string): Promise<boolean> {
  try {
    await mkdir(directory)
    return true
  } catch (thrown) {
    if (isErrno(thrown, 'EEXIST')) return false
    throw thrown
  }
}

/** Holders renew the time of their locks. What is gone needs no removal. */
async function isStale(directory: string): Promise<boolean> {
  const { mtimeMs } = await stat(directory).catch(() => ({ mtimeMs: Date.now() }))
  return mtimeMs < Date.now() - STALE_MS
}

/** Which directory has the name of a lock; null for none. */
async function identityOf(lock: string): Promise<string | null> {
  const stats = await stat(lock, { bigint: true }).catch(() => null)
  return stats === null ? null : `${stats.ino} ${stats.birthtimeNs}`
}

/** A holder renews its lock in half of this time. */
const STALE_MS = 5000

const HELD = {
  realpath: false,
  stale: Number.MAX_SAFE_INTEGER,
  update: STALE_MS / 2,
  // The machine slept, and another process has taken the lock over. The default would end this process.
  onCompromised: () => undefined,
}

/** Longer than any holder needs, and than a lock stays after a crash. */
const WAIT_MS = 20_000

import { rm, stat } from 'node:fs/promises'
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
      return await lockfile.lock(path, HELD)
    } catch (thrown) {
      // Only another holder is worth waiting for.
      if (!isErrno(thrown, 'ELOCKED') || Date.now() > end) throw thrown
    }
    await removeStale(path, lockfile)
    await setTimeout(5 + Math.random() * 20)
  }
}

/**
 * Removes the lock of a process that was killed. The library removes it in two steps, between which another process may have taken the
 * lock (issue 121 of proper-lockfile): so one process at a time looks, and removes what it has seen.
 */
async function removeStale(
  path: string,
  lockfile: typeof import('proper-lockfile'),
): Promise<void> {
  if (!(await isStale(path))) return
  const release = await lockfile
    .lock(`${path}.stale`, { ...HELD, stale: STALE_MS })
    .catch(() => null)
  if (release === null) return
  try {
    if (await isStale(path)) await rm(`${path}.lock`, { recursive: true, force: true })
  } finally {
    await release()
  }
}

/** A holder renews the time of its lock; a lock that is gone needs no removal. */
async function isStale(path: string): Promise<boolean> {
  const { mtimeMs } = await stat(`${path}.lock`).catch(() => ({ mtimeMs: Date.now() }))
  return mtimeMs < Date.now() - STALE_MS
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

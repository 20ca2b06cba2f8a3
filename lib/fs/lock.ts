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
  const options = {
    realpath: false,
    stale: 5000,
    // The machine slept, and another process has taken the lock over. The default would end this process.
    onCompromised: () => undefined,
  }
  try {
    return await lockfile.lock(path, options)
  } catch (thrown) {
    // Only another holder is worth waiting for; the library would retry after any error.
    if (!isErrno(thrown, 'ELOCKED')) throw thrown
    return lockfile.lock(path, { ...options, retries: RETRIES })
  }
}

/** About twenty seconds: longer than any holder needs, and than a lock stays after a crash. */
const RETRIES = { retries: 400, factor: 1.2, minTimeout: 5, maxTimeout: 50 }

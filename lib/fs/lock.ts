import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdir, readdir, rename, rm, rmdir, unlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isErrno } from './errno.ts'
import { heldTooLong } from './messages.ts'

interface LockOptions {
  /** What happens when the lock cannot be had, as on a read-only disk: rejects, or runs the task without it. */
  readonly ifUnavailable: 'reject' | 'run'
}

/**
 * Runs the task while this process holds the lock of the path, which need not exist, but whose directory must. Processes come
 * one after the other; the lock of a killed process is taken over after five seconds.
 *
 * The lock is a directory with one file, the mark of its holder. It is made elsewhere and renamed, which the system does only where
 * there is no such directory, or an empty one. A holder renews its mark by giving it another name. So a mark that another process has
 * found stale is removed by exactly this name: however long that process was paused, it removes neither a renewed lock nor that of
 * another holder. The same holds for what a killed process has made and not renamed. What a lock cannot prevent: a holder that is
 * paused for more than five seconds itself (the machine slept) continues without it.
 */
export async function withLock<Value>(
  file: string,
  task: () => Promise<Value>,
  { ifUnavailable }: LockOptions = { ifUnavailable: 'reject' },
): Promise<Value> {
  const release = await acquire(file).catch((thrown: unknown) => {
    if (ifUnavailable === 'reject') throw thrown
    return async (): Promise<void> => undefined
  })
  try {
    return await task()
  } finally {
    // A mark that cannot be removed becomes stale.
    await release().catch(() => undefined)
  }
}

async function acquire(file: string): Promise<() => Promise<void>> {
  const lock = `${file}.lock`
  await removeAbandoned(lock)
  const id = randomUUID()
  const prepared = { path: `${lock}.${id}` }
  removeAtExit(prepared)
  let mark: string | null = null
  try {
    for (const end = Date.now() + WAIT_MS; Date.now() <= end; ) {
      mark ??= await prepare(prepared.path, id)
      if (await tryMove(prepared.path, lock)) {
        const release = await hold(lock, id, mark)
        if (release !== null) return release
        mark = null
      } else {
        await removeStale(lock, STALE_MS)
        await pause(5 + Math.random() * 20)
      }
    }
    throw new Error(heldTooLong(lock))
  } finally {
    await rm(prepared.path, { recursive: true, force: true })
    AT_EXIT.delete(prepared)
  }
}

/** A directory with a mark of this time. */
async function prepare(directory: string, id: string): Promise<string> {
  await mkdir(directory)
  const mark = markOf(id)
  await writeFile(path.join(directory, mark), '')
  return mark
}

/** False while another holder has the lock. */
async function tryMove(prepared: string, lock: string): Promise<boolean> {
  try {
    await rename(prepared, lock)
    return true
  } catch (thrown) {
    if (isErrno(thrown, 'ENOTEMPTY', 'EEXIST')) return false
    // Another process has removed it, because this one was paused: there is no mark to renew, and it is made again.
    if (isErrno(thrown, 'ENOENT')) return true
    throw thrown
  }
}

/** Renews the mark from now on. Null when another process has found it stale and removed it, because this one was paused. */
async function hold(
  lock: string,
  id: string,
  first: string,
): Promise<(() => Promise<void>) | null> {
  const mark = { path: path.join(lock, first) }
  const renew = async (): Promise<void> => {
    const next = path.join(lock, markOf(id))
    await rename(mark.path, next)
    mark.path = next
  }
  try {
    await renew()
  } catch (thrown) {
    if (isErrno(thrown, 'ENOENT')) return null
    throw thrown
  }
  removeAtExit(mark)
  let renewal = Promise.resolve()
  const timer = setInterval(() => {
    // Fails once another process has taken the lock over.
    renewal = renewal.then(renew).catch(() => undefined)
  }, STALE_MS / 2).unref()
  return async () => {
    clearInterval(timer)
    await renewal
    AT_EXIT.delete(mark)
    await unlink(mark.path)
    // Another process may hold it already: only an empty directory is removed.
    await rmdir(lock).catch(() => undefined)
  }
}

/** Removes the mark of a process that was killed. */
async function removeStale(directory: string, afterMs: number): Promise<void> {
  for (const mark of await readdir(directory).catch(() => [])) {
    const time = Number(mark.slice(mark.lastIndexOf('.') + 1))
    // Each is removed once, and another process may be faster.
    if (time < Date.now() - afterMs) await unlink(path.join(directory, mark)).catch(() => undefined)
  }
}

/** Removes the directories of processes that were killed while they waited. One without a mark may be about to get it. */
async function removeAbandoned(lock: string): Promise<void> {
  const [parent, base] = [path.dirname(lock), path.basename(lock)]
  for (const name of await readdir(parent).catch(() => [])) {
    const directory = path.join(parent, name)
    const isOne = name.startsWith(`${base}.`) && ID.test(name.slice(base.length + 1))
    const marks = isOne ? await readdir(directory).catch(() => []) : []
    if (marks.length === 0) continue
    await removeStale(directory, ABANDONED_MS)
    await rmdir(directory).catch(() => undefined)
  }
}

const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

const markOf = (id: string): string => `${id}.${Date.now()}`

interface Removed {
  path: string
}

const AT_EXIT = new Set<Removed>()

/** A process that ends within a task leaves no lock for which others would wait, and one that ends while it waits leaves nothing. */
function removeAtExit(removed: Removed): void {
  if (AT_EXIT.size === 0) process.off('exit', removeAll).on('exit', removeAll)
  AT_EXIT.add(removed)
}

function removeAll(): void {
  for (const { path: removed } of AT_EXIT) rmSync(removed, { recursive: true, force: true })
}

/** A holder renews its lock in half of this time. */
const STALE_MS = 5000

/** Longer than any holder needs, and than a lock stays after a crash. */
const WAIT_MS = 20_000

/** No process waits for so long. */
const ABANDONED_MS = 2 * WAIT_MS

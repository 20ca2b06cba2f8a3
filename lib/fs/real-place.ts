import { constants } from 'node:fs'
import {
  chmod,
  type FileHandle,
  lstat,
  mkdir,
  open,
  readlink,
  realpath,
  stat,
} from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { UserError } from '../util/user-error.ts'
import { ignoreErrno, isErrno } from './errno.ts'
import { foldPath } from './fold-path.ts'
import { hasMoved } from './messages.ts'

/**
 * A directory of a path that was resolved before has been moved, or replaced, for example by a link.
 * @internal
 */
export class PathMoved extends UserError {
  override readonly name = 'PathMoved'

  constructor(path: string) {
    super(hasMoved(path))
  }
}

/** Where the system lists what this process has opened, as links. Only Linux follows them to the opened directory itself. */
const DESCRIPTORS = '/proc/self/fd'

/**
 * Runs a task with a path of a directory that leads to the directory which had the real path `directory` when it was opened: what
 * takes its place afterwards, or the place of a directory above it, is not followed. Where the system has no such path, the task gets
 * the real path, and the directory is compared before and after. Throws `PathMoved`.
 */
export async function inRealDirectory<Value>(
  directory: string,
  task: (pinned: string, descriptor: number | null) => Promise<Value>,
  descriptors = DESCRIPTORS,
): Promise<Value> {
  const handle = await open(directory, OPEN_DIRECTORY)
  try {
    const pinned = `${descriptors}/${handle.fd}`
    const opened = await readlink(pinned).catch(ignoreErrno())
    if (opened === null) {
      await requireSame(handle, directory)
      const value = await task(directory, null)
      await requireSame(handle, directory)
      return value
    }
    if (opened !== directory) await requireOtherCase(handle, directory, opened)
    return await task(pinned, handle.fd).catch((thrown) => rethrow(thrown, pinned, directory))
  } finally {
    await handle.close()
  }
}

/** The same for an entry of a directory; `path` is the real path of the entry, which need not exist. */
export async function atRealPath<Value>(
  path: string,
  task: (pinned: string) => Promise<Value>,
): Promise<Value> {
  return inRealDirectory(dirname(path), (directory) => task(join(directory, basename(path))))
}

/** Creates the missing directories of a real path. Returns the outermost that was created; null when there was none. */
export async function makeRealDirectory(directory: string): Promise<string | null> {
  if ((await lstat(directory).catch(ignoreErrno('ENOENT'))) !== null) return null
  const above = await makeRealDirectory(dirname(directory))
  const made = await atRealPath(directory, (pinned) => mkdir(pinned)).then(
    () => directory,
    ignoreErrno('EEXIST'),
  )
  return above ?? made
}

/** Changes the permission bits of a regular file, not of one that a link leads to. */
export async function changeMode(path: string, mode: number): Promise<void> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | PATH_ONLY)
  try {
    if (!(await file.stat()).isFile()) throw new PathMoved(path)
    // The system refuses to change what was opened without access to the content, except by its path.
    await (PATH_ONLY === 0 ? file.chmod(mode) : chmod(`${DESCRIPTORS}/${file.fd}`, mode))
  } finally {
    await file.close()
  }
}

/** `O_PATH`, which Node does not name: such a directory need not be readable. */
const PATH_ONLY = process.platform === 'linux' ? 0o10_000_000 : 0

const OPEN_DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | PATH_ONLY

async function requireSame(handle: FileHandle, directory: string): Promise<void> {
  const [opened, now, real] = await Promise.all([
    handle.stat({ bigint: true }),
    stat(directory, { bigint: true }).catch(ignoreErrno()),
    realpath(directory).catch(ignoreErrno()),
  ])
  const isSame = now !== null && now.dev === opened.dev && now.ino === opened.ino
  if (real !== directory || !isSame) throw new PathMoved(directory)
}

/** File systems that do not distinguish case report a name as it was first looked up. */
async function requireOtherCase(
  handle: FileHandle,
  directory: string,
  opened: string,
): Promise<void> {
  if (foldPath(opened) !== foldPath(directory)) throw new PathMoved(directory)
  await requireSame(handle, directory)
}

/** Errors of the system name the path that the user knows. */
function rethrow(thrown: unknown, pinned: string, directory: string): never {
  if (thrown instanceof Error && isErrno(thrown)) {
    thrown.message = thrown.message.replaceAll(pinned, directory)
  }
  throw thrown
}

import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import {
  type FileHandle,
  link,
  lstat,
  open,
  readdir,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ignoreErrno, isErrno } from './errno.ts'
import { flush } from './flush.ts'

interface AtomicWriteOptions {
  /** Permission bits for a new file, less the umask; 0o666 when left out. */
  readonly mode?: number
  /** Permission bits, and owner, to be given exactly: those of the file that is replaced. Wins over `mode`. */
  readonly attributes?: { readonly mode: number; readonly uid?: number; readonly gid?: number }
  /** Fails with `EEXIST` when the file exists by then, instead of replacing it. */
  readonly exclusive?: boolean
  /** Runs when the content is written and before it takes its place; what it throws leaves the file as it was. */
  readonly confirm?: () => Promise<void>
  /** False: not flushed to the disk, so that a power cut can leave the file empty. */
  readonly flush?: boolean
}

/** Pieces of a text are written one after another. */
type FileContent = string | Uint8Array | Iterable<string>

/**
 * Writes a file that holds the old or the new content at every moment: a temporary file next to it is written, flushed and
 * renamed. The path must not be a link that is to stay one.
 *
 * Not `write-file-atomic` (8.0.0): it gives the temporary file a name that can be computed from the process id, opens it
 * without `O_EXCL`, so that a planted link is followed, and takes a short write, as on a full disk, for a complete one.
 */
export async function writeAtomically(
  path: string,
  content: FileContent,
  options: AtomicWriteOptions = {},
): Promise<void> {
  const temporary = temporaryPath(path)
  try {
    await writeNew(temporary, content, options)
    await options.confirm?.()
    if (options.exclusive === true) await linkNew(temporary, path)
    else await rename(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** The same for a symbolic link: it is created next to the path and renamed. */
export async function linkAtomically(
  path: string,
  target: Buffer,
  confirm: () => Promise<void>,
): Promise<void> {
  const temporary = temporaryPath(path)
  try {
    await symlink(target, temporary)
    await confirm()
    await rename(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
}

/**
 * Writes into the file that exists, so that it stays the same file for a mount or for its other names. Not atomic: a program that
 * is killed meanwhile leaves a part. A link is refused (`ELOOP`).
 */
export async function writeInPlace(
  path: string,
  content: Uint8Array,
  confirm: () => Promise<void>,
): Promise<void> {
  const file = await open(path, constants.O_RDWR | constants.O_NOFOLLOW)
  try {
    await confirm()
    await file.writeFile(content)
    await file.truncate(content.length)
    await flush(file)
  } finally {
    await file.close()
  }
}

/**
 * Removes what killed processes have left of writes of this file, unless it is younger than `age` milliseconds. With 0 only for the
 * holder of its lock: no write may be under way.
 */
export async function removeStaleTemporaries(path: string, age = 0): Promise<void> {
  const directory = dirname(path)
  const prefix = temporaryPrefix(path)
  for (const name of await readdir(directory)) {
    const isStale = name.startsWith(prefix) && /^[0-9a-f]{16}\.tmp$/.test(name.slice(prefix.length))
    if (!isStale) continue
    const temporary = join(directory, name)
    const { mtimeMs } = await lstat(temporary)
    // The clock of a file system can be ahead.
    if (age === 0 || Date.now() - mtimeMs >= age) await rm(temporary, { force: true })
  }
}

/** Cut, so that the name stays below the limit of the file system, 255 bytes. */
const MAX_NAME_LENGTH = 60

function temporaryPrefix(path: string): string {
  return `.${basename(path).slice(0, MAX_NAME_LENGTH)}.`
}

function temporaryPath(path: string): string {
  return join(dirname(path), `${temporaryPrefix(path)}${randomBytes(8).toString('hex')}.tmp`)
}

async function writeNew(
  path: string,
  content: FileContent,
  { mode = 0o666, attributes, flush: mustFlush = true }: AtomicWriteOptions,
): Promise<void> {
  const file = await open(path, 'wx', attributes === undefined ? mode : 0o600)
  try {
    await writeFile(file, content)
    if (attributes !== undefined) await setAttributes(file, attributes)
    if (mustFlush) await flush(file)
  } finally {
    await file.close()
  }
}

async function setAttributes(
  file: FileHandle,
  { mode, uid, gid }: NonNullable<AtomicWriteOptions['attributes']>,
): Promise<void> {
  // Only root can give a file away; a group that this user belongs to can be kept.
  if (uid !== undefined && gid !== undefined) {
    await file.chown(uid, gid).catch(ignoreErrno('EPERM', 'EINVAL', 'ENOSYS'))
  }
  // As the system does for a write: new content does not run with the rights of the owner.
  await file.chmod(mode & 0o1777)
}

/** A link fails where a rename would destroy the file that another process has created meanwhile. */
async function linkNew(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (thrown) {
    if (isErrno(thrown, 'EEXIST')) throw thrown
    // Some file systems (FAT, network shares) have no hard links.
    await rename(from, to)
  }
}

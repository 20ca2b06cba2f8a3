import { createHash, randomBytes } from 'node:crypto'
import type { Stats } from 'node:fs'
import { constants } from 'node:fs'
import * as fs from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { errnoCode, ignoreErrno, isErrno } from '../../fs/errno.ts'
import { UserError } from '../../util/user-error.ts'

export interface StoredFile {
  readonly bytes: Buffer
  /** Names the content: a hash. */
  readonly version: string
  readonly stats: Stats
}

/** The version of a file that is not there. */
export const MISSING_FILE = 'absent'

export function versionOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** A regular file's content, null when there is none. Refuses all that could block, never end, or be too large. */
export async function readRegularFile(path: string, limit: number): Promise<StoredFile | null> {
  const before = await statOrNull(path)
  if (before === null) return null
  refuseSpecial(path, before)
  refuseLarge(path, before.size, limit)
  const file = await fs.open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const stats = await file.stat()
    refuseSpecial(path, stats)
    const bytes = await readAll(file, path, limit)
    return { bytes, version: versionOf(bytes), stats }
  } finally {
    await file.close()
  }
}

export async function versionAt(path: string): Promise<string> {
  return (await readRegularFile(path, Number.POSITIVE_INFINITY))?.version ?? MISSING_FILE
}

/** Where a write to `path` lands: links followed, even when the file or its folders are still to be made. */
export async function writeTarget(path: string): Promise<string> {
  try {
    return await fs.realpath(path)
  } catch (thrown) {
    if (!isErrno(thrown, 'ENOENT', 'ENOTDIR')) throw thrown
  }
  const link = await fs.lstat(path).catch(ignoreErrno('ENOENT', 'ENOTDIR'))
  if (link?.isSymbolicLink()) {
    throw new UserError(`${path} is a symbolic link to a file that does not exist`)
  }
  const folder = await writeTarget(dirname(path))
  const above = await statOrNull(folder)
  if (above !== null && !above.isDirectory())
    throw new UserError(`${folder} is a file, not a folder`)
  return join(folder, basename(path))
}

interface Replacement {
  readonly bytes: Buffer
  /** The version that is replaced; `ABSENT` for a new file. */
  readonly expected: string
  /** Of the file that is replaced; null for a new one. */
  readonly stats: Stats | null
}

/**
 * Puts new content at `target`, which holds the old or the new bytes at every moment.
 * (write-file-atomic takes a short write, as a full disk gives, for a whole one, and opens its temporary file without O_EXCL.)
 */
export async function replaceFile(target: string, replacement: Replacement): Promise<void> {
  const { stats, expected } = replacement
  if (stats !== null) await refuseReadOnly(target)
  const beside = join(dirname(target), `.${basename(target).slice(0, 60)}.${randomName()}`)
  try {
    await writeNew(beside, replacement)
    if ((await versionAt(target)) !== expected) throw changedMeanwhile(target)
    if (expected === MISSING_FILE) await linkNew(beside, target)
    else await fs.rename(beside, target)
  } catch (thrown) {
    const reason = REASONS.get(errnoCode(thrown) ?? '')
    if (reason === undefined) throw thrown
    throw new UserError(`${target} could not be written, ${reason}; nothing was changed.`, {
      cause: thrown,
    })
  } finally {
    await fs.rm(beside, { force: true })
  }
}

/** The system's own words name the file beside it, which nobody knows. */
const REASONS = new Map([
  ['EACCES', 'for its folder may not be changed'],
  ['EPERM', 'for its folder may not be changed'],
  ['EROFS', 'for its file system is read-only'],
  ['ENOSPC', 'for the disk is full'],
  ['EDQUOT', 'for the disk quota is used up'],
  ['ENAMETOOLONG', 'for its name is too long'],
])

function changedMeanwhile(path: string): UserError {
  return new UserError(`${path} was changed by something else meanwhile; nothing was written.`)
}

function statOrNull(path: string): Promise<Stats | null> {
  return fs.stat(path).catch(ignoreErrno('ENOENT', 'ENOTDIR'))
}

function refuseSpecial(path: string, stats: Stats): void {
  if (stats.isFile()) return
  if (stats.isDirectory()) throw new UserError(`Path is a directory: ${path}`)
  const kind = stats.isFIFO() ? 'a named pipe' : stats.isSocket() ? 'a socket' : 'a device'
  throw new UserError(`${path} is ${kind}, not a regular file`)
}

function refuseLarge(path: string, size: number, limit: number): void {
  if (size <= limit) return
  throw new UserError(
    `File too large: ${size} bytes (max ${limit} bytes): ${path}. ` +
      'Use Grep, or Bash with head, tail or sed, for a part of it.',
  )
}

const CHUNK = 1_048_576

/** Files under /proc have no size and some never end, so what counts is what was read. */
async function readAll(file: fs.FileHandle, path: string, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let total = 0
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, null)
    if (bytesRead === 0) return Buffer.concat(chunks, total)
    total += bytesRead
    refuseLarge(path, total, limit)
    chunks.push(
      bytesRead < CHUNK / 2
        ? Buffer.from(buffer.subarray(0, bytesRead))
        : buffer.subarray(0, bytesRead),
    )
  }
}

async function refuseReadOnly(path: string): Promise<void> {
  try {
    await fs.access(path, constants.W_OK)
  } catch (cause) {
    throw new UserError(`${path} is read-only`, { cause })
  }
}

async function writeNew(path: string, { bytes, stats }: Replacement): Promise<void> {
  const file = await fs.open(path, 'wx', stats === null ? 0o666 : 0o600)
  try {
    await file.writeFile(bytes)
    if (stats !== null) {
      // Only root may give a file away; a group we are in can be kept.
      await file.chown(stats.uid, stats.gid).catch(ignoreErrno('EPERM', 'EINVAL', 'ENOSYS'))
      await file.chmod(stats.mode & 0o7777)
    }
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A link fails when somebody has made the file meanwhile; a rename would destroy theirs. */
async function linkNew(from: string, to: string): Promise<void> {
  try {
    await fs.link(from, to)
  } catch (thrown) {
    if (isErrno(thrown, 'EEXIST')) throw changedMeanwhile(to)
    // Some file systems (FAT, network shares) have no hard links.
    await fs.rename(from, to)
  }
}

function randomName(): string {
  return `${randomBytes(6).toString('hex')}.tmp`
}

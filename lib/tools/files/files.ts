import { createHash } from 'node:crypto'
import type { Stats } from 'node:fs'
import { constants } from 'node:fs'
import * as fs from 'node:fs/promises'
import { dirname } from 'node:path'
import { writeAtomically, writeInPlace } from '../../fs/atomic-write.ts'
import { errnoCode, ignoreErrno, isErrno } from '../../fs/errno.ts'
import { readBounded, UnreadableFile } from '../../fs/read-bounded.ts'
import { atRealPath, changeMode } from '../../fs/real-place.ts'
import { resolveTarget } from '../../fs/resolve-path.ts'
import { UserError } from '../../util/user-error.ts'
import {
  cannotWrite,
  changedByOthers,
  fileReadOnly,
  WRITE_ERRORS,
} from '../messages/file-changes.ts'
import {
  danglingSymlink,
  fileTooLarge,
  notRegularFile,
  parentIsFile,
  pathIsDirectory,
} from '../messages/files.ts'
import { isLinkVersion, linkVersion } from './link-version.ts'

export interface StoredFile {
  readonly bytes: Buffer
  /** A hash of the content. */
  readonly version: string
  readonly stats: Stats
}

/** The version of a file that does not exist. */
export const MISSING_FILE = 'absent'

export function versionOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/**
 * The content of a regular file, by its real path; null when it does not exist. Rejects links, and files that could block, are
 * endless or too large.
 */
export async function readRegularFile(path: string, limit: number): Promise<StoredFile | null> {
  return atRealPath(path, (pinned) => readPinned(pinned, path, limit)).catch(
    ignoreErrno('ENOENT', 'ENOTDIR'),
  )
}

async function readPinned(pinned: string, path: string, maxBytes: number): Promise<StoredFile> {
  const file = await readBounded(pinned, { maxBytes, followSymlinks: false }).catch(
    (thrown: unknown) => {
      throw thrown instanceof UnreadableFile ? describeUnreadable(path, thrown) : thrown
    },
  )
  return { ...file, version: versionOf(file.bytes) }
}

function describeUnreadable(path: string, { reason, message }: UnreadableFile): UserError {
  switch (reason.type) {
    case 'directory':
      return new UserError(pathIsDirectory(path))
    case 'tooLarge':
      return new UserError(fileTooLarge(path, reason.bytes, reason.maxBytes))
    default:
      return new UserError(notRegularFile(path, message))
  }
}

export async function versionAt(path: string): Promise<string> {
  return (await readRegularFile(path, Number.POSITIVE_INFINITY))?.version ?? MISSING_FILE
}

/** A regular file, or a symbolic link itself, whose content is the path that it contains; null when neither exists. */
export async function readEntry(path: string): Promise<StoredFile | null> {
  const read = async (pinned: string): Promise<StoredFile> => {
    const stats = await fs.lstat(pinned)
    if (!stats.isSymbolicLink()) return readPinned(pinned, path, Number.POSITIVE_INFINITY)
    const bytes = await fs.readlink(pinned, 'buffer')
    return { bytes, version: linkVersion(versionOf(bytes)), stats }
  }
  return atRealPath(path, read).catch(ignoreErrno('ENOENT', 'ENOTDIR', 'EINVAL'))
}

/** The permission bits of a regular file; null for a symbolic link and for no file. */
export function bitsOf(entry: StoredFile | null): number | null {
  return entry === null || isLinkVersion(entry.version) ? null : entry.stats.mode & 0o7777
}

export async function entryVersionAt(path: string): Promise<string> {
  return (await readEntry(path))?.version ?? MISSING_FILE
}

/** The file that a write to `path` creates or replaces. Links are followed; the file and its directories need not exist. */
export async function writeTarget(path: string): Promise<string> {
  const { path: target, danglingLink } = await resolveTarget(path)
  if (danglingLink !== null) {
    throw new UserError(danglingSymlink(danglingLink))
  }
  for (let ancestor = dirname(target); ; ancestor = dirname(ancestor)) {
    const stats = await statOrNull(ancestor)
    if (stats === null && ancestor !== dirname(ancestor)) continue
    if (stats?.isDirectory() === false) throw new UserError(parentIsFile(ancestor))
    return target
  }
}

interface Replacement {
  readonly bytes: Buffer
  /** The version that is replaced; `ABSENT` for a new file. */
  readonly expected: string
  /** The attributes of the file that is replaced; null for a new one. */
  readonly stats: Stats | null
  /** The permission bits that it gets with the content; those of the replaced file when absent. */
  readonly mode?: number | null
}

/** Writes new content atomically: `target`, a real path, contains the old or the new bytes at every moment. */
export async function replaceFile(target: string, replacement: Replacement): Promise<void> {
  await atRealPath(target, (pinned) => replacePinned(pinned, target, replacement))
}

async function replacePinned(
  pinned: string,
  target: string,
  { bytes, stats, expected, mode = null }: Replacement,
): Promise<void> {
  // Permission bits that allow writing come with the content.
  if (stats !== null && ((mode ?? 0) & 0o200) === 0) await refuseReadOnly(pinned, target, stats)
  const confirm = async (): Promise<void> => {
    const now = await readPinned(pinned, target, Number.POSITIVE_INFINITY).catch(
      ignoreErrno('ENOENT'),
    )
    if ((now?.version ?? MISSING_FILE) !== expected) throw changedMeanwhile(target)
  }
  const inPlace = async (): Promise<void> => {
    await writeInPlace(pinned, bytes, confirm)
    if (mode !== null) await changeMode(pinned, mode)
  }
  try {
    const attributes = attributesOf(stats, mode)
    const exclusive = expected === MISSING_FILE
    // Another file in its place would be one that its other names, or a container, do not see.
    if (stats !== null && stats.nlink > 1) return await inPlace()
    try {
      await writeAtomically(pinned, bytes, { ...attributes, exclusive, confirm })
    } catch (thrown) {
      if (stats === null || !isErrno(thrown, ...IRREPLACEABLE)) throw thrown
      await inPlace()
    }
  } catch (thrown) {
    if (isErrno(thrown, 'EEXIST')) throw changedMeanwhile(target)
    const reason = WRITE_ERRORS[errnoCode(thrown) ?? '']
    if (reason === undefined) throw thrown
    throw new UserError(cannotWrite(target, reason), { cause: thrown })
  }
}

function attributesOf(stats: Stats | null, mode: number | null) {
  if (stats !== null) return { attributes: mode === null ? stats : { ...stats, mode } }
  return mode === null ? {} : { attributes: { mode } }
}

/** A mounted file, a directory that is not writable, one in which every file belongs to its owner. */
const IRREPLACEABLE = ['EBUSY', 'EXDEV', 'EACCES', 'EPERM', 'EROFS']

function changedMeanwhile(path: string): UserError {
  return new UserError(changedByOthers(path))
}

function statOrNull(path: string): Promise<Stats | null> {
  return fs.stat(path).catch(ignoreErrno('ENOENT', 'ENOTDIR'))
}

async function refuseReadOnly(pinned: string, path: string, { mode }: Stats): Promise<void> {
  // Root may write to it, but whoever took every permission to write meant to protect it.
  if ((mode & 0o222) === 0) throw new UserError(fileReadOnly(path))
  try {
    await fs.access(pinned, constants.W_OK)
  } catch (cause) {
    throw new UserError(fileReadOnly(path), { cause })
  }
}

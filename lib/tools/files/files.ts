import { createHash } from 'node:crypto'
import type { Stats } from 'node:fs'
import { constants } from 'node:fs'
import * as fs from 'node:fs/promises'
import { dirname } from 'node:path'
import { writeAtomically } from '../../fs/atomic-write.ts'
import { errnoCode, ignoreErrno, isErrno } from '../../fs/errno.ts'
import { readBounded, UnreadableFile } from '../../fs/read-bounded.ts'
import { resolveTarget } from '../../fs/resolve-path.ts'
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
  const file = await readBounded(path, { maxBytes: limit }).catch((thrown: unknown) => {
    if (thrown instanceof UnreadableFile) throw describeUnreadable(path, thrown)
    return ignoreErrno('ENOENT', 'ENOTDIR')(thrown)
  })
  return file && { ...file, version: versionOf(file.bytes) }
}

function describeUnreadable(path: string, { reason, message }: UnreadableFile): UserError {
  switch (reason.type) {
    case 'directory':
      return new UserError(`Path is a directory: ${path}`)
    case 'tooLarge':
      return new UserError(
        `File too large: ${reason.bytes} bytes (max ${reason.maxBytes} bytes): ${path}. ` +
          'Use Grep, or Bash with head, tail or sed, for a part of it.',
      )
    default:
      return new UserError(`${path} ${message}`)
  }
}

export async function versionAt(path: string): Promise<string> {
  return (await readRegularFile(path, Number.POSITIVE_INFINITY))?.version ?? MISSING_FILE
}

/** The file that a write to `path` creates or replaces: links followed, though it or its folders may not exist yet. */
export async function writeTarget(path: string): Promise<string> {
  const { path: target, danglingLink } = await resolveTarget(path)
  if (danglingLink !== null) {
    throw new UserError(`${danglingLink} is a symbolic link to a file that does not exist`)
  }
  for (let folder = dirname(target); ; folder = dirname(folder)) {
    const stats = await statOrNull(folder)
    if (stats === null && folder !== dirname(folder)) continue
    if (stats?.isDirectory() === false) throw new UserError(`${folder} is a file, not a folder`)
    return target
  }
}

interface Replacement {
  readonly bytes: Buffer
  /** The version that is replaced; `ABSENT` for a new file. */
  readonly expected: string
  /** Of the file that is replaced; null for a new one. */
  readonly stats: Stats | null
}

/** Puts new content at `target`, which holds the old or the new bytes at every moment. */
export async function replaceFile(target: string, replacement: Replacement): Promise<void> {
  const { bytes, stats, expected } = replacement
  if (stats !== null) await refuseReadOnly(target)
  const confirm = async (): Promise<void> => {
    if ((await versionAt(target)) !== expected) throw changedMeanwhile(target)
  }
  try {
    const attributes = stats === null ? {} : { attributes: stats }
    const exclusive = expected === MISSING_FILE
    await writeAtomically(target, bytes, { ...attributes, exclusive, confirm })
  } catch (thrown) {
    if (isErrno(thrown, 'EEXIST')) throw changedMeanwhile(target)
    const reason = REASONS.get(errnoCode(thrown) ?? '')
    if (reason === undefined) throw thrown
    throw new UserError(`${target} could not be written, ${reason}; nothing was changed.`, {
      cause: thrown,
    })
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

async function refuseReadOnly(path: string): Promise<void> {
  try {
    await fs.access(path, constants.W_OK)
  } catch (cause) {
    throw new UserError(`${path} is read-only`, { cause })
  }
}

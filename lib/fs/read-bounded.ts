import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs'
import { type FileHandle, lstat, open, stat } from 'node:fs/promises'
import { formatBytes } from '../util/quantities.ts'
import { UserError } from '../util/user-error.ts'
import { isErrno } from './errno.ts'
import { IS_DIRECTORY, IS_NOT_UTF8, IS_SYMLINK, isSpecial, isTooLarge } from './messages.ts'

export interface ReadLimits {
  readonly maxBytes: number
  /** False: a path that is itself a symbolic link is refused. Links above it are followed in any case. */
  readonly followSymlinks?: boolean
}

export interface BoundedFile {
  readonly bytes: Buffer
  readonly stats: Stats
}

type UnreadableReason =
  | { readonly type: 'directory' }
  | { readonly type: 'symlink' }
  | { readonly type: 'special'; readonly kind: 'named pipe' | 'socket' | 'device' }
  | { readonly type: 'tooLarge'; readonly bytes: number; readonly maxBytes: number }
  | { readonly type: 'notUtf8' }

/** A file that exists, but that is not read. The message leaves out the path, for the caller to put in front. */
export class UnreadableFile extends UserError {
  override readonly name = 'UnreadableFile'
  readonly reason: UnreadableReason

  constructor(reason: UnreadableReason, cause?: unknown) {
    super(describeReason(reason), cause === undefined ? {} : { cause })
    this.reason = reason
  }
}

function describeReason(reason: UnreadableReason): string {
  switch (reason.type) {
    case 'directory':
      return IS_DIRECTORY
    case 'symlink':
      return IS_SYMLINK
    case 'special':
      return isSpecial(reason.kind)
    case 'tooLarge':
      return isTooLarge(formatBytes(reason.maxBytes))
    case 'notUtf8':
      return IS_NOT_UTF8
  }
}

/**
 * The content of a regular file. Never waits (for the writer of a named pipe), never reads without end (a device, a file that
 * grows), never allocates more than the limit allows: throws `UnreadableFile` instead. Errors of the system pass through.
 */
export async function readBounded(path: string, limits: ReadLimits): Promise<BoundedFile> {
  // Before it is opened, because opening a device can already have an effect; and after, because the path may have changed.
  checkStats(await (limits.followSymlinks === false ? lstat : stat)(path), limits)
  const file = await open(path, openFlags(limits)).catch(rethrowOpenError)
  try {
    const stats = checkStats(await file.stat(), limits)
    return { bytes: await readAll(file, stats, limits), stats }
  } finally {
    await file.close()
  }
}

/** As `readBounded`, for the start of the program and for decisions that cannot wait. */
export function readBoundedSync(path: string, limits: ReadLimits): BoundedFile {
  checkStats((limits.followSymlinks === false ? lstatSync : statSync)(path), limits)
  const file = openNowOrThrow(path, limits)
  try {
    const stats = checkStats(fstatSync(file), limits)
    return { bytes: readAllSync(file, stats, limits), stats }
  } finally {
    closeSync(file)
  }
}

/** The text of the bytes; throws `UnreadableFile` when they are not UTF-8. A byte order mark at the start is dropped. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (thrown) {
    if (thrown instanceof TypeError) throw new UnreadableFile({ type: 'notUtf8' }, thrown)
    throw thrown
  }
}

function openFlags({ followSymlinks = true }: ReadLimits): number {
  const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants
  return O_RDONLY | O_NONBLOCK | (followSymlinks ? 0 : O_NOFOLLOW)
}

function openNowOrThrow(path: string, limits: ReadLimits): number {
  try {
    return openSync(path, openFlags(limits))
  } catch (thrown) {
    return rethrowOpenError(thrown)
  }
}

/** `ELOOP`: the file has been replaced by a link since it was examined. */
function rethrowOpenError(thrown: unknown): never {
  if (isErrno(thrown, 'ELOOP')) throw new UnreadableFile({ type: 'symlink' }, thrown)
  throw thrown
}

function checkStats(stats: Stats, { maxBytes }: ReadLimits): Stats {
  if (stats.isDirectory()) throw new UnreadableFile({ type: 'directory' })
  if (stats.isSymbolicLink()) throw new UnreadableFile({ type: 'symlink' })
  if (!stats.isFile()) {
    const kind = stats.isFIFO() ? 'named pipe' : stats.isSocket() ? 'socket' : 'device'
    throw new UnreadableFile({ type: 'special', kind })
  }
  checkSize(stats.size, maxBytes)
  return stats
}

function checkSize(bytes: number, maxBytes: number): void {
  if (bytes > maxBytes) throw new UnreadableFile({ type: 'tooLarge', bytes, maxBytes })
}

const CHUNK_BYTES = 65_536

/** One byte more than the file has, so that a single read usually ends it. Files below /proc claim to have none. */
function firstChunkBytes({ size }: Stats): number {
  return Math.max(size + 1, 4096)
}

async function readAll(file: FileHandle, stats: Stats, { maxBytes }: ReadLimits): Promise<Buffer> {
  const chunks: Buffer[] = []
  let total = 0
  for (let length = firstChunkBytes(stats); ; length = CHUNK_BYTES) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, null)
    if (bytesRead === 0) return joined(chunks, total)
    total += bytesRead
    checkSize(total, maxBytes)
    chunks.push(buffer.subarray(0, bytesRead))
  }
}

function readAllSync(file: number, stats: Stats, { maxBytes }: ReadLimits): Buffer {
  const chunks: Buffer[] = []
  let total = 0
  for (let length = firstChunkBytes(stats); ; length = CHUNK_BYTES) {
    const chunk = Buffer.allocUnsafe(length)
    const bytesRead = readSync(file, chunk, 0, length, null)
    if (bytesRead === 0) return joined(chunks, total)
    total += bytesRead
    checkSize(total, maxBytes)
    chunks.push(chunk.subarray(0, bytesRead))
  }
}

function joined(chunks: readonly Buffer[], total: number): Buffer {
  const [only] = chunks
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, total)
}

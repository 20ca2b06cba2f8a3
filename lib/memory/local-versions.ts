import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { appendFile, mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { isErrno } from '../fs/errno.ts'
import { decodeUtf8, readBounded, UnreadableFile } from '../fs/read-bounded.ts'
import type {
  BlockVersion,
  ChangeAuthor,
  ChangeOrigin,
  MemoryBlock,
} from '../session/state/memory.ts'

/**
 * The versions of blocks on a server that stores none: a file for each block, one version a line, which only its owner can read.
 * It contains what letta has seen; what happened meanwhile is a gap with a beginning and an end.
 */
export interface LocalVersions {
  /** Oldest first; empty when the file does not exist. */
  list(blockId: string): Promise<readonly BlockVersion[]>
  /** Appends a version when the block differs from the newest one. `author`: null when it is not known. */
  observe(block: MemoryBlock, author: VersionAuthor | null): Promise<void>
}

export interface VersionAuthor {
  readonly by: ChangeAuthor
  readonly origin?: ChangeOrigin
}

const MAX_FILE_BYTES = 512 * 1_048_576

export function openLocalVersions(
  directory: string,
  server: string,
  now: () => number,
): LocalVersions {
  const path = (blockId: string): string => {
    const name = createHash('sha256').update(`${server}\n${blockId}`).digest('hex').slice(0, 32)
    return join(directory, `${name}.jsonl`)
  }
  const read = async (blockId: string): Promise<readonly BlockVersion[]> => {
    try {
      const { bytes } = await readBounded(path(blockId), {
        maxBytes: MAX_FILE_BYTES,
        followSymlinks: false,
      })
      return decodeUtf8(bytes).split('\n').flatMap(parseLine)
    } catch (thrown) {
      if (isErrno(thrown, 'ENOENT') || thrown instanceof UnreadableFile) return []
      throw thrown
    }
  }
  const append = async (block: MemoryBlock, author: VersionAuthor | null): Promise<void> => {
    // Another process may have seen the same change.
    const last = await readNewest(path(block.id))
    if (last !== undefined && isSame(last, block)) return
    const version: BlockVersion = {
      blockId: block.id,
      version: last === undefined ? 0 : last.version + 1,
      at: now(),
      by: author?.by ?? (last === undefined ? 'unknown' : 'elsewhere'),
      origin: author?.origin ?? {},
      label: block.label,
      value: block.value,
      limit: block.limit,
      description: block.description,
      isDeletion: false,
      readOnly: block.readOnly,
      ...(author === null && last !== undefined ? { since: last.at } : {}),
    }
    await mkdir(directory, { recursive: true, mode: 0o700 })
    // One write: a line of another process is before or after it. After a crash an incomplete line is left out.
    await appendFile(path(block.id), `\n${JSON.stringify(version)}\n`, { mode: 0o600 })
  }
  let writing: Promise<void> = Promise.resolve()
  return {
    list: (blockId) =>
      writing.then(
        () => read(blockId),
        () => read(blockId),
      ),
    observe(block, author) {
      writing = writing.then(
        () => append(block, author),
        () => append(block, author),
      )
      return writing
    },
  }
}

/** Bytes at the end of a file that are read first: a file may have thousands of versions. */
const TAIL_BYTES = 65_536

async function readNewest(path: string): Promise<BlockVersion | undefined> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((thrown: unknown) => {
    if (isErrno(thrown, 'ENOENT')) return null
    throw thrown
  })
  if (file === null) return undefined
  try {
    const { size } = await file.stat()
    for (let length = TAIL_BYTES; ; length *= 4) {
      const from = Math.max(0, size - length)
      const bytes = Buffer.alloc(size - from)
      const { bytesRead } = await file.read(bytes, 0, bytes.length, from)
      const lines = bytes.toString('utf8', 0, bytesRead).split('\n')
      // The first one may be incomplete.
      const found = lines
        .slice(from === 0 ? 0 : 1)
        .flatMap(parseLine)
        .at(-1)
      if (found !== undefined || from === 0 || length >= MAX_FILE_BYTES) return found
    }
  } finally {
    await file.close()
  }
}

function isSame(version: BlockVersion, block: MemoryBlock): boolean {
  return (
    version.value === block.value &&
    version.label === block.label &&
    version.limit === block.limit &&
    version.description === block.description &&
    (version.readOnly ?? block.readOnly) === block.readOnly
  )
}

function parseLine(line: string): readonly BlockVersion[] {
  if (line === '') return []
  try {
    const version = JSON.parse(line) as BlockVersion
    return typeof version.value === 'string' && Number.isInteger(version.version) ? [version] : []
  } catch {
    return []
  }
}

import { stat } from 'node:fs/promises'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { readBounded } from '../../fs/read-bounded.ts'
import type { TrackedFiles } from '../facts/facts.ts'
import { findRepository, orNull } from './git-repository.ts'

/** The files that the repository of a directory tracks, by its index. */
export async function listTrackedFiles(directory: string): Promise<TrackedFiles> {
  const repository = await findRepository(directory)
  if (repository === null) return { type: 'noRepository' }
  const { gitDirectory, worktree } = repository
  if (worktree === null) return { type: 'unknown' }
  const file = path.join(gitDirectory, 'index')
  if ((await orNull(stat(file))) === null) return { type: 'files', paths: [] }
  const index = await readIndex(file)
  if (index === null) return { type: 'unknown' }
  const paths: string[] = []
  for (const { name } of parseEntries(index)) {
    paths.push(path.join(worktree, name))
    if (paths.length > MAX_TRACKED_FILES) return { type: 'unknown' }
    if (paths.length % YIELD_EVERY === 0) await setImmediate()
  }
  return { type: 'files', paths }
}

/** More take too long to match with rules while a person waits. */
const MAX_TRACKED_FILES = 50_000

/** Entries parsed between two turns of the event loop. */
const YIELD_EVERY = 5_000

/** The directories of submodules and other nested repositories, by the index; none when it cannot be read. */
export async function readNestedRepositories(gitDirectory: string): Promise<readonly string[]> {
  const index = await readIndex(path.join(gitDirectory, 'index'))
  // Few repositories contain any: one search avoids the parsing.
  if (index === null || !index.includes(NESTED_REPOSITORY_MODE)) return []
  const links: string[] = []
  let count = 0
  for (const { name, isLink } of parseEntries(index)) {
    if (isLink) links.push(name)
    if (links.length >= MAX_NESTED_REPOSITORIES) break
    if (++count % YIELD_EVERY === 0) await setImmediate()
  }
  return links
}

const MAX_NESTED_REPOSITORIES = 200

/** The index in format version 2 or 3 (git's `index-format` document); null when it cannot be read. */
async function readIndex(file: string): Promise<Buffer | null> {
  const index = (await orNull(readBounded(file, { maxBytes: MAX_INDEX_BYTES })))?.bytes ?? null
  if (index === null || index.length <= HEADER_BYTES) return null
  const version = index.readUInt32BE(4)
  const isKnown = version === 2 || version === 3
  return index.toString('latin1', 0, 4) === 'DIRC' && isKnown ? index : null
}

const MAX_INDEX_BYTES = 33_554_432

interface GitIndexEntry {
  /** Relative to the worktree. */
  readonly name: string
  /** Whether it is a nested repository. */
  readonly isLink: boolean
}

function* parseEntries(index: Buffer): Generator<GitIndexEntry> {
  const version = index.readUInt32BE(4)
  let left = index.readUInt32BE(8)
  for (let at = HEADER_BYTES; left > 0 && at + NAME_OFFSET < index.length; left--) {
    const flags = index.readUInt16BE(at + FLAGS_OFFSET)
    const isExtended = version === 3 && (flags & EXTENDED_FLAG) !== 0
    const start = at + NAME_OFFSET + (isExtended ? 2 : 0)
    const end = index.indexOf(0, start)
    if (end < 0) return
    const isLink = index
      .subarray(at + MODE_OFFSET, at + MODE_OFFSET + 4)
      .equals(NESTED_REPOSITORY_MODE)
    yield { name: index.toString('utf8', start, end), isLink }
    // Each entry is padded with one to eight NUL bytes to a multiple of eight bytes.
    at += (end - at + 8) & ~7
  }
}

/** Mode 160000. */
const NESTED_REPOSITORY_MODE = Buffer.from([0, 0, 0xe0, 0])

const HEADER_BYTES = 12

const MODE_OFFSET = 24

const FLAGS_OFFSET = 60

const EXTENDED_FLAG = 0x4000

const NAME_OFFSET = 62

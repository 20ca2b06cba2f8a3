import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { readBounded } from '../../fs/read-bounded.ts'
import type { TrackedFiles } from '../facts/facts.ts'
import { askGit } from './ask-git.ts'
import { findRepository, type GitRepository } from './find-repository.ts'
import { exists, orNull } from './git-repository.ts'

/** The files that the repository of a directory tracks, by its index. */
export async function listTrackedFiles(directory: string): Promise<TrackedFiles> {
  const repository = await findRepository(directory)
  if (repository === 'none') return { type: 'noRepository' }
  if (repository === 'unknown') return { type: 'unknown' }
  const { worktree } = repository
  const entries = await readEntries(repository)
  if (entries === null || worktree === null || entries.length > MAX_TRACKED_FILES) {
    return { type: 'unknown' }
  }
  return { type: 'files', paths: entries.map(({ name }) => path.join(worktree, name)) }
}

/** More take too long to match with rules while a person waits. */
const MAX_TRACKED_FILES = 50_000

/** The directories of submodules and other nested repositories, by the index; null when it cannot be read. */
export async function listNestedRepositories(
  repository: GitRepository,
): Promise<readonly string[] | null> {
  const entries = await readEntries(repository, NESTED_REPOSITORY_MODE)
  if (entries === null) return null
  const links = entries.filter(({ isLink }) => isLink)
  return links.length > MAX_NESTED_REPOSITORIES ? null : links.map(({ name }) => name)
}

const MAX_NESTED_REPOSITORIES = 200

interface GitIndexEntry {
  /** Relative to the worktree. */
  readonly name: string
  /** Whether it is a nested repository. */
  readonly isLink: boolean
}

/** The entries of the index; at once none when it does not contain the bytes. Null when it cannot be read. */
async function readEntries(
  { gitDirectory, worktree }: GitRepository,
  containing?: Buffer,
): Promise<readonly GitIndexEntry[] | null> {
  if (worktree === null) return null
  const file = path.join(gitDirectory, 'index')
  if (!(await exists(file))) return []
  const index = (await orNull(readBounded(file, { maxBytes: MAX_INDEX_BYTES })))?.bytes ?? null
  const isPlain = index !== null && isPlainIndex(index)
  // Few repositories contain any: one search avoids the parsing.
  if (isPlain && containing !== undefined && !index.includes(containing)) return []
  return (isPlain ? await parseIndex(index) : null) ?? askForEntries(worktree)
}

const MAX_INDEX_BYTES = 33_554_432

/** The formats 2 and 3 (git's `index-format` document). */
function isPlainIndex(index: Buffer): boolean {
  if (index.length <= HEADER_BYTES || index.toString('latin1', 0, 4) !== 'DIRC') return false
  const version = index.readUInt32BE(4)
  return version === 2 || version === 3
}

/** Null for an index that does not contain all entries itself, or is damaged. */
async function parseIndex(index: Buffer): Promise<readonly GitIndexEntry[] | null> {
  const version = index.readUInt32BE(4)
  const count = index.readUInt32BE(8)
  const entries: GitIndexEntry[] = []
  let at = HEADER_BYTES
  while (entries.length < count) {
    if (at + NAME_OFFSET >= index.length) return null
    const flags = index.readUInt16BE(at + FLAGS_OFFSET)
    const isExtended = version === 3 && (flags & EXTENDED_FLAG) !== 0
    const start = at + NAME_OFFSET + (isExtended ? 2 : 0)
    const end = index.indexOf(0, start)
    if (end < 0) return null
    const mode = index.subarray(at + MODE_OFFSET, at + MODE_OFFSET + 4)
    entries.push({
      name: index.toString('utf8', start, end),
      isLink: mode.equals(NESTED_REPOSITORY_MODE),
    })
    // Each entry is padded with one to eight NUL bytes to a multiple of eight bytes.
    at += (end - at + 8) & ~7
    if (entries.length % YIELD_EVERY === 0) await setImmediate()
  }
  return hasAllEntries(index, at) ? entries : null
}

/** Entries parsed between two turns of the event loop. */
const YIELD_EVERY = 5_000

/** A split index has further entries in another file, a sparse one names directories in place of files. */
function hasAllEntries(index: Buffer, from: number): boolean {
  for (let at = from; at + EXTENSION_HEADER_BYTES <= index.length - CHECKSUM_BYTES; ) {
    if (/^(link|sdir)$/.test(index.toString('latin1', at, at + 4))) return false
    at += EXTENSION_HEADER_BYTES + index.readUInt32BE(at + 4)
  }
  return true
}

/** For the formats that only git reads. */
async function askForEntries(worktree: string): Promise<readonly GitIndexEntry[] | null> {
  const output = await askGit(worktree, ['ls-files', '-s', '-z'])
  if (output === null) return null
  return output
    .toString()
    .split('\0')
    .slice(0, -1)
    .map((line) => ({
      name: line.slice(line.indexOf('\t') + 1),
      isLink: line.startsWith('160000'),
    }))
}

/** Mode 160000. */
const NESTED_REPOSITORY_MODE = Buffer.from([0, 0, 0xe0, 0])

const HEADER_BYTES = 12

const EXTENSION_HEADER_BYTES = 8

const CHECKSUM_BYTES = 20

const MODE_OFFSET = 24

const FLAGS_OFFSET = 60

const EXTENDED_FLAG = 0x4000

const NAME_OFFSET = 62

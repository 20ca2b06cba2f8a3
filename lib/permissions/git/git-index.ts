import { lstat, readdir } from 'node:fs/promises'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { TrackedFiles } from '../facts/facts.ts'
import { askGit } from './ask-git.ts'
import { findRepository, type GitRepository } from './find-repository.ts'
import { nullOnFailure, stampOf } from './git-repository.ts'

/** The files that the repository of a directory tracks, by its index. */
export async function listTrackedFiles(directory: string): Promise<TrackedFiles> {
  const repository = await findRepository(directory)
  if (repository === 'none') return { type: 'noRepository' }
  if (repository === 'unknown') return { type: 'unknown' }
  const { worktree } = repository
  const names = (await readIndex(repository))?.names ?? null
  if (names === null || worktree === null) return { type: 'unknown' }
  // A name that is not UTF-8 cannot be looked up: it could be a link.
  if (names.some((name) => name.includes('\ufffd'))) return { type: 'unknown' }
  return { type: 'files', paths: names.map((name) => path.join(worktree, name)) }
}

/** More take too long to match with rules while a person waits. */
const MAX_TRACKED_FILES = 50_000

/** The directories of submodules and other nested repositories, by the index; null when it cannot be read, or has more of them. */
export async function listNestedRepositories(
  repository: GitRepository,
  max = MAX_NESTED_REPOSITORIES,
): Promise<readonly string[] | null> {
  const index = await readIndex(repository)
  if (index === null || index.nested.length > max) return null
  // A name that is not UTF-8 cannot be looked up.
  return index.nested.some((name) => name.includes('\ufffd')) ? null : index.nested
}

const MAX_NESTED_REPOSITORIES = 200

/**
 * Whether a link has replaced a directory of tracked files: `git grep` reads the files behind it, wherever it leads. True when that is
 * not known.
 */
export async function hasLinkedDirectories(directory: string): Promise<boolean> {
  const repository = await findRepository(directory)
  if (repository === 'none') return false
  if (repository === 'unknown' || repository.worktree === null) return true
  const { worktree } = repository
  const directories = (await readIndex(repository))?.directories ?? null
  if (directories === null) return true
  for (let at = 0; at < directories.length; at += LOOKED_UP_AT_ONCE) {
    const some = directories.slice(at, at + LOOKED_UP_AT_ONCE)
    const found = await Promise.all(
      some.map((name) => nullOnFailure(lstat(path.join(worktree, name)))),
    )
    if (found.some((stats) => stats?.isSymbolicLink() === true)) return true
  }
  return false
}

const LOOKED_UP_AT_ONCE = 200

interface GitIndex {
  /** Relative to the worktree; null for too many. */
  readonly names: readonly string[] | null
  /** All directories of the files; null for too many, and when one cannot be looked up. */
  readonly directories: readonly string[] | null
  /** Those of the names that are nested repositories. */
  readonly nested: readonly string[]
  /** Those that are links. */
  readonly links: readonly string[]
}

/**
 * Git reads it, since only git knows its formats, what belongs to it in other files, and how it takes what is damaged. What it has
 * listed is remembered as long as the files are the same. Null when it cannot be read.
 */
export async function readIndex(repository: GitRepository): Promise<GitIndex | null> {
  const { gitDirectory, commonDirectory, worktree } = repository
  if (worktree === null) return null
  const files = [
    path.join(gitDirectory, 'index'),
    path.join(gitDirectory, 'config.worktree'),
    path.join(commonDirectory, 'config'),
  ]
  const [index = null, ...settings] = await Promise.all(files.map(stampOf))
  if (index === null) return { names: [], directories: [], nested: [], links: [] }
  const key = [gitDirectory, worktree, index, ...settings].join('\0')
  const known = KNOWN_INDEXES.get(key)
  if (known !== undefined) return known
  const output = await askGit(worktree, ['ls-files', '-s', '-z'])
  const read = output === null ? null : await parseList(output)
  const isAll = read !== null && !(await isSplit(gitDirectory))
  if (!isAll || (await stampOf(files[0] ?? '')) !== index) return read
  if (KNOWN_INDEXES.size >= MAX_KNOWN_INDEXES) KNOWN_INDEXES.clear()
  KNOWN_INDEXES.set(key, read)
  return read
}

const KNOWN_INDEXES = new Map<string, GitIndex>()

const MAX_KNOWN_INDEXES = 50

/** Whether entries may be in another file, which can change without the index. */
async function isSplit(gitDirectory: string): Promise<boolean> {
  const names = await nullOnFailure(readdir(gitDirectory))
  return names === null || names.some((name) => name.startsWith('sharedindex.'))
}

/** Entries `<mode> <object> <stage><tab><name>`, each with a NUL byte at its end. */
async function parseList(output: Buffer): Promise<GitIndex | null> {
  const names: string[] = []
  const nested: string[] = []
  const links: string[] = []
  const directories = new Set<string>()
  let count = 0
  let last = ''
  for (let start = 0; start < output.length; ) {
    const end = output.indexOf(0, start)
    const tab = output.indexOf(TAB, start)
    if (end < 0 || tab < 0 || tab > end) return null
    const mode = Number.parseInt(output.toString('latin1', start, start + 8), 8)
    const type = mode & FILE_TYPE
    const name = output.toString('utf8', tab + 1, end)
    if (type === NESTED_REPOSITORY) nested.push(name)
    if (type === LINK) links.push(name)
    if (count < MAX_TRACKED_FILES) names.push(name)
    const parent = path.dirname(name)
    if (parent !== last) addWithParents(directories, parent)
    last = parent
    count += 1
    if (count % YIELD_EVERY === 0) await setImmediate()
    start = end + 1
  }
  const all = [...directories]
  const areKnown = all.length <= MAX_DIRECTORIES && !all.some((name) => name.includes('\ufffd'))
  return {
    names: count > MAX_TRACKED_FILES ? null : names,
    directories: areKnown ? all : null,
    nested,
    links,
  }
}

function addWithParents(directories: Set<string>, directory: string): void {
  for (let at = directory; at !== '.' && !directories.has(at); at = path.dirname(at))
    directories.add(at)
}

/** More take too long to look up while a person waits. */
const MAX_DIRECTORIES = 20_000

const TAB = 9

/** The bits of a mode that git compares; a damaged index can have others, too. */
const FILE_TYPE = 0o170000
const NESTED_REPOSITORY = 0o160000
const LINK = 0o120000

/** Entries parsed between two turns of the event loop. */
const YIELD_EVERY = 5_000

import { setImmediate as nextTurn } from 'node:timers/promises'
import { fuzzyMatchLower, toLower } from '../../util/fuzzy.ts'
import { readdirExcludingIgnored } from './gitignore.ts'

/** The paths of a project, for a search by letters while a person types. */
export interface FileIndex {
  /**
   * The best matches, of which `recent` ones come first when they fit as well; directories end with a slash. Yields again when
   * more paths were read meanwhile.
   */
  search(query: string, options: FileSearch): AsyncGenerator<readonly string[]>
}

interface FileSearch {
  /** Paths that the person or the agent has used, the newest first. */
  readonly recent: readonly string[]
  readonly signal: AbortSignal
}

/** Bounds memory, for example in a home directory. */
const MAX_PATHS = 200_000
const MAX_RESULTS = 100
/** Milliseconds of work between two chances for a key. */
const SLICE_MS = 4
/** Milliseconds after which the paths are read again by the next search. */
const MAX_AGE_MS = 5_000
/** Milliseconds between the first results of a large project. */
const PARTIAL_MS = 200

const SKIPPED = ['**/node_modules', '**/dist', '**/build', '**/.git']

interface IndexedPath {
  readonly path: string
  readonly lower: string
}

interface Reading {
  readonly startedAt: number
  readonly paths: IndexedPath[]
  isComplete: boolean
  readonly done: Promise<void>
  /** What matched the last query, for one that begins with it. */
  narrowed: { readonly query: string; readonly paths: readonly IndexedPath[] } | null
}

export function createFileIndex(directory: string, now: () => number): FileIndex {
  let newest: Reading | null = null
  let complete: Reading | null = null
  const current = (): Reading => {
    const isFresh = newest !== null && (!newest.isComplete || now() - newest.startedAt < MAX_AGE_MS)
    if (newest === null || !isFresh) newest = read(directory, now())
    return newest
  }
  return {
    async *search(query, { recent, signal }) {
      const reading = current()
      const find = (from: Reading) => ranked(from, query, recent, signal)
      // The earlier list answers at once; what has changed since follows.
      if (!reading.isComplete && complete !== null) yield await find(complete)
      while (!reading.isComplete && !signal.aborted) {
        await Promise.race([reading.done, pause(PARTIAL_MS)])
        if (!reading.isComplete && complete === null) yield await find(reading)
      }
      if (signal.aborted) return
      complete = reading
      yield await find(reading)
    },
  }
}

function read(directory: string, startedAt: number): Reading {
  const paths: IndexedPath[] = []
  const done = fill(directory, paths)
  const reading: Reading = { startedAt, paths, isComplete: false, done, narrowed: null }
  const finish = (): void => {
    reading.isComplete = true
  }
  reading.done.then(finish, finish)
  return reading
}

async function fill(directory: string, paths: IndexedPath[]): Promise<void> {
  const { default: glob } = await import('fast-glob')
  const entries = glob.stream('**', {
    cwd: directory,
    onlyFiles: false,
    objectMode: true,
    dot: true,
    followSymbolicLinks: false,
    suppressErrors: true,
    ignore: [...SKIPPED],
    fs: { readdir: await readdirExcludingIgnored(directory, '') },
  })
  let since = performance.now()
  for await (const entry of entries as AsyncIterable<GlobEntry>) {
    const path = entry.dirent.isDirectory() ? `${entry.path}/` : entry.path
    paths.push({ path, lower: toLower(path) })
    if (paths.length >= MAX_PATHS) break
    if (paths.length % BATCH === 0) since = await yieldToKeys(since)
  }
}

/** Paths between two looks at the clock. */
const BATCH = 256

interface GlobEntry {
  readonly path: string
  readonly dirent: { isDirectory(): boolean }
}

async function yieldToKeys(since: number): Promise<number> {
  if (performance.now() - since < SLICE_MS) return since
  await nextTurn()
  return performance.now()
}

/** More than a better place of one letter, and less than a letter. */
const RECENT = 14

async function ranked(
  reading: Reading,
  query: string,
  recent: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const letters = toLower(query)
  const ages = new Map(recent.map((path, index) => [path, index]))
  const matching: IndexedPath[] = []
  // Sorting all matches of a large project would block keys: only the best are retained.
  const found: RankedPath[] = []
  let least = Number.NEGATIVE_INFINITY
  const { narrowed, isComplete } = reading
  const isNarrower = narrowed !== null && letters.startsWith(narrowed.query)
  const paths = isNarrower ? narrowed.paths : reading.paths
  let since = performance.now()
  for (const [index, candidate] of paths.entries()) {
    if (index % BATCH === 0) since = await yieldToKeys(since)
    if (signal.aborted) return []
    const { path, lower } = candidate
    const match = fuzzyMatchLower(path, lower, letters)
    if (match === null) continue
    matching.push(candidate)
    const age = ages.get(path)
    const score = match.score + (age === undefined ? 0 : Math.max(RECENT - age, RECENT / 2))
    if (score < least) continue
    found.push({ path, score })
    if (found.length < MAX_RESULTS * 2) continue
    found.sort(byRank)
    found.length = MAX_RESULTS
    least = found.at(-1)?.score ?? least
  }
  if (isComplete) reading.narrowed = { query: letters, paths: matching }
  return found
    .sort(byRank)
    .slice(0, MAX_RESULTS)
    .map(({ path }) => path)
}

interface RankedPath {
  readonly path: string
  readonly score: number
}

/** The best first; of equal ones the shortest. */
function byRank(one: RankedPath, other: RankedPath): number {
  if (one.score !== other.score) return other.score - one.score
  return one.path.length - other.path.length || (one.path < other.path ? -1 : 1)
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

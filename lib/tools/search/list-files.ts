import { join, resolve } from 'node:path'
import { readdirExcludingIgnored } from './gitignore.ts'

export interface FoundPath {
  /** Relative to the project, as the user types it. */
  readonly path: string
  readonly type: 'dir' | 'file'
}

const MAX_FOUND = 200
/** Bounds the search for one key press, for example in a home directory. */
const MAX_EXAMINED_PATHS = 50_000
const SKIPPED = ['**/node_modules', '**/dist', '**/build']

/**
 * The suggestions for a path after `@`: `dir/part` searches `dir` for names that contain `part`, in any case. With an empty part
 * the entries of the directory itself. Directories first.
 */
export async function searchFiles(
  directory: string,
  query: string,
  signal?: AbortSignal,
): Promise<readonly FoundPath[]> {
  const { default: glob } = await import('fast-glob')
  const cut = query.lastIndexOf('/') + 1
  const parent = query.slice(0, cut)
  const part = query.slice(cut).toLowerCase()
  const entries = glob.stream(part === '' ? '*' : '**', {
    cwd: resolve(directory, parent),
    onlyFiles: false,
    objectMode: true,
    followSymbolicLinks: false,
    suppressErrors: true,
    ignore: [...SKIPPED],
    fs: { readdir: await readdirExcludingIgnored(directory, parent) },
  })
  const found: FoundPath[] = []
  let looked = 0
  for await (const entry of entries as AsyncIterable<ListedEntry>) {
    if (signal?.aborted || ++looked > MAX_EXAMINED_PATHS) break
    if (!entry.name.toLowerCase().includes(part)) continue
    found.push({
      path: join(parent, entry.path),
      type: entry.dirent.isDirectory() ? 'dir' : 'file',
    })
    if (found.length === MAX_FOUND) break
  }
  return found.sort(byTypeThenPath)
}

interface ListedEntry {
  readonly name: string
  readonly path: string
  readonly dirent: { isDirectory(): boolean }
}

function byTypeThenPath(one: FoundPath, other: FoundPath): number {
  if (one.type !== other.type) return one.type === 'dir' ? -1 : 1
  return one.path < other.path ? -1 : 1
}

import type { Options } from 'fast-glob'
import { UserError } from '../../util/user-error.ts'
import { TOO_MANY_ALTERNATIVES } from '../messages/search.ts'

/**
 * The paths (relative, `/` between the parts) that match one of the glob patterns, as fast-glob understands them, extended globs
 * (`!(*.ts)`) included. It walks a tree that exists in memory only: nothing outside the list can be reached, whatever the pattern
 * is. `compileGlob` of the permissions is faster, but has no extended globs.
 */
export async function matchPaths(
  paths: readonly string[],
  patterns: readonly string[],
  kind: 'files' | 'entries' = 'files',
): Promise<string[]> {
  for (const pattern of patterns) refuseExplosive(pattern)
  const wanted = patterns.filter((pattern) => pattern !== '')
  if (wanted.length === 0) return []
  const { default: glob } = await import('fast-glob')
  return glob(wanted, {
    cwd: ROOT,
    dot: true,
    onlyFiles: kind === 'files',
    followSymbolicLinks: false,
    // The adapter has the type of node:fs with its overloads, of which fast-glob calls only these.
    fs: treeOf(paths) as unknown as NonNullable<Options['fs']>,
  })
}

const MAX_EXPANDED_ALTERNATIVES = 500

/** Rejects patterns with exponential cost: too many braces, nested repetitions. */
function refuseExplosive(pattern: string): void {
  let alternatives = 1
  for (const part of pattern.split('{').slice(1)) alternatives *= part.split(',').length
  const nested = /[*+]\([^)]*[*+]\(/.test(pattern) || (pattern.match(/[*+]\(/g)?.length ?? 0) > 3
  const range = /\.\.-?\d{4,}|\d{4,}\.\./.test(pattern)
  if (alternatives <= MAX_EXPANDED_ALTERNATIVES && pattern.length <= 2_000 && !nested && !range)
    return
  throw new UserError(TOO_MANY_ALTERNATIVES)
}

/** Represents the directory that the paths are relative to. */
const ROOT = '/'

type Done<Value> = (error: Error | null, value?: Value) => void

function treeOf(paths: readonly string[]): object {
  const directories = new Map<string, Set<string>>([['', new Set()]])
  for (const path of paths) addPath(directories, path)
  const files = new Set(paths)
  const inspect = (path: string, done: Done<VirtualEntry>): void => {
    const key = keyOf(path)
    const kind = directories.has(key) ? 'folder' : files.has(key) ? 'file' : null
    if (kind === null) later(done, Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' }))
    else later(done, null, entry(path, kind))
  }
  return {
    lstat: inspect,
    stat: inspect,
    readdir(path: string, _options: unknown, done: Done<VirtualEntry[]>) {
      const key = keyOf(path)
      const inside = (name: string): string => (key === '' ? name : `${key}/${name}`)
      const entries = [...(directories.get(key) ?? [])].map((name) =>
        entry(name, directories.has(inside(name)) ? 'folder' : 'file'),
      )
      later(done, null, entries)
    },
  }
}

/** Calls back asynchronously: synchronous callbacks in a deep tree would overflow the stack. */
function later<Value>(done: Done<Value>, error: Error | null, value?: Value): void {
  setImmediate(done, error, value)
}

function addPath(directories: Map<string, Set<string>>, path: string): void {
  const cut = path.lastIndexOf('/')
  const parent = cut < 0 ? '' : path.slice(0, cut)
  const names = directories.get(parent)
  if (names !== undefined) {
    names.add(path.slice(cut + 1))
    return
  }
  directories.set(parent, new Set([path.slice(cut + 1)]))
  addPath(directories, parent)
}

function keyOf(path: string): string {
  return path.replace(/^[./]+(?=\/|$)|^\/+/, '').replace(/\/+$/, '')
}

interface VirtualEntry {
  readonly name: string
  isFile(): boolean
  isDirectory(): boolean
}

const never = (): boolean => false
const NOTHING_ELSE = {
  isSymbolicLink: never,
  isBlockDevice: never,
  isCharacterDevice: never,
  isFIFO: never,
  isSocket: never,
}

function entry(name: string, kind: 'file' | 'folder'): VirtualEntry {
  return {
    ...NOTHING_ELSE,
    name,
    isFile: () => kind === 'file',
    isDirectory: () => kind === 'folder',
  }
}

import { lstat, stat } from 'node:fs/promises'
import path from 'node:path'
import { readBounded } from '../../fs/read-bounded.ts'
import { resolvePath } from '../../fs/resolve-path.ts'

interface GitDirectory {
  readonly gitDirectory: string
  /** The directory of its files; null when it is bare. */
  readonly worktree: string | null
}

/**
 * The nearest directory with the structure of a repository, or that to which a `.git` file points. Only to show the branch: what
 * git itself takes for the repository is what `findRepository` asks it.
 */
export async function guessGitDirectory(directory: string): Promise<GitDirectory | null> {
  for (let current = await resolvePath(directory); ; current = path.dirname(current)) {
    const link = path.join(current, '.git')
    if (await isGitDirectory(link)) return { gitDirectory: link, worktree: current }
    const target = /^gitdir: (.+)/.exec((await readGitFile(link)) ?? '')?.[1]
    if (target !== undefined) {
      return { gitDirectory: path.resolve(current, target.trim()), worktree: current }
    }
    if (await isGitDirectory(current)) return { gitDirectory: current, worktree: null }
    if (path.dirname(current) === current) return null
  }
}

async function isGitDirectory(directory: string): Promise<boolean> {
  for (const name of ['HEAD', 'objects', 'refs']) {
    if (!(await exists(path.join(directory, name)))) return false
  }
  return true
}

export async function exists(file: string): Promise<boolean> {
  return (await nullOnFailure(stat(file))) !== null
}

/** The text of a regular file; null when it is missing, unreadable or too large. */
export async function readGitFile(file: string): Promise<string | null> {
  return (
    (await nullOnFailure(readBounded(file, { maxBytes: MAX_TEXT_BYTES })))?.bytes.toString() ?? null
  )
}

const MAX_TEXT_BYTES = 262_144

/** Null for every failure: to a decision, a file that cannot be read is missing. */
export async function nullOnFailure<Value>(promise: Promise<Value>): Promise<Value | null> {
  try {
    return await promise
  } catch {
    return null
  }
}

/** What changes with a file or a link; null for one that does not exist. */
export async function stampOf(file: string): Promise<string | null> {
  const stats = await nullOnFailure(lstat(file, { bigint: true }))
  if (stats === null) return null
  const { dev, ino, mode, size, mtimeNs, ctimeNs } = stats
  return [dev, ino, mode, size, mtimeNs, ctimeNs].join('.')
}

import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { attempt } from '../paths/resolve-path.ts'

export interface GitRepository {
  readonly gitDirectory: string
  /** Where its files are; null when it is bare. */
  readonly worktree: string | null
}

/** As git finds it: the nearest `.git`, or a folder that is made like one, which a clone can bring along. */
export function findRepository(directory: string): GitRepository | null {
  for (let at = path.resolve(directory); ; at = path.dirname(at)) {
    const link = path.join(at, '.git')
    if (isGitDirectory(link)) return { gitDirectory: link, worktree: at }
    const pointed = /^gitdir: (.+)/.exec(readText(link) ?? '')?.[1]
    if (pointed !== undefined)
      return { gitDirectory: path.resolve(at, pointed.trim()), worktree: at }
    if (isGitDirectory(at)) return { gitDirectory: at, worktree: null }
    if (path.dirname(at) === at) return null
  }
}

function isGitDirectory(directory: string): boolean {
  return ['HEAD', 'objects', 'refs'].every((name) => exists(path.join(directory, name)))
}

export function exists(file: string): boolean {
  return attempt(() => statSync(file)) !== null
}

export function readText(file: string): string | null {
  return attempt(() => {
    const stats = statSync(file)
    return stats.isFile() && stats.size <= LARGEST ? readFileSync(file, 'utf8') : null
  })
}

const LARGEST = 262_144

import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { attempt } from '../paths/resolve-path.ts'

export interface Repository {
  readonly gitFolder: string
  /** Where its files are; null when it is bare. */
  readonly worktree: string | null
}

/** As git finds it: the nearest `.git`, or a folder that is made like one, which a clone can bring along. */
export function repositoryOf(folder: string): Repository | null {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const link = path.join(at, '.git')
    if (isGitFolder(link)) return { gitFolder: link, worktree: at }
    const pointed = /^gitdir: (.+)/.exec(readText(link) ?? '')?.[1]
    if (pointed !== undefined) return { gitFolder: path.resolve(at, pointed.trim()), worktree: at }
    if (isGitFolder(at)) return { gitFolder: at, worktree: null }
    if (path.dirname(at) === at) return null
  }
}

function isGitFolder(folder: string): boolean {
  return ['HEAD', 'objects', 'refs'].every((name) => isThere(path.join(folder, name)))
}

export function isThere(file: string): boolean {
  return attempt(() => statSync(file)) !== null
}

export function readText(file: string): string | null {
  return attempt(() => {
    const stats = statSync(file)
    return stats.isFile() && stats.size <= LARGEST ? readFileSync(file, 'utf8') : null
  })
}

const LARGEST = 262_144

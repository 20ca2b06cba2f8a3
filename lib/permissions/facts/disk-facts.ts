import { readdir, stat } from 'node:fs/promises'
import { foldPath } from '../../fs/fold-path.ts'
import { isInside } from '../../fs/is-inside.ts'
import { resolvePath } from '../../fs/resolve-path.ts'
import { findRepository } from '../git/find-repository.ts'
import { findGitDanger } from '../git/git-config.ts'
import { hasLinkedDirectories, listTrackedFiles } from '../git/git-index.ts'
import { exists, nullOnFailure } from '../git/git-repository.ts'
import { findGitRemoteDanger, findGitWriteDanger } from '../git/git-write-danger.ts'
import type { DirectoryTree, FactSource } from './facts.ts'
import { listUnhidden } from './ignore-files.ts'

/** Reads the facts of a decision from the disk. */
export const diskFacts: FactSource = {
  resolve: resolvePath,
  listNames,
  listTree,
  exists,
  findGitDanger,
  findGitRemoteDanger,
  findGitWriteDanger,
  findGitTop,
  hasLinkedDirectories,
  listUnhidden,
  listTrackedFiles,
}

async function findGitTop(directory: string): Promise<string | null> {
  const repository = await findRepository(directory)
  if (repository === 'none') return null
  // Outside of every project.
  return repository === 'unknown' ? '/' : (repository.worktree ?? repository.gitDirectory)
}

async function listNames(directory: string): Promise<readonly string[] | null> {
  const stats = await nullOnFailure(stat(directory))
  if (stats?.isDirectory() !== true) return []
  const names = await nullOnFailure(readdir(directory))
  return names === null || names.length > MAX_NAMES ? null : names
}

const MAX_NAMES = 2_000

/** Links are not followed, as programs that search directories do not follow them. */
async function listTree(directory: string, roots: readonly string[]): Promise<DirectoryTree> {
  const stats = await nullOnFailure(stat(directory))
  if (stats === null) return { type: 'missing' }
  if (!stats.isDirectory()) return { type: 'file' }
  const paths: string[] = []
  const links: string[] = []
  const waiting = [directory]
  const folded = roots.map(foldPath)
  const mayLead = (place: string): boolean =>
    folded.some((root) => isInside(root, place) || isInside(place, root))
  let count = 0
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const current = next
    paths.push(current)
    const entries = (await nullOnFailure(readdir(current, { withFileTypes: true }))) ?? []
    count += entries.length
    if (count > MAX_TREE_ENTRIES) return { type: 'directory', paths, links, isComplete: false }
    for (const entry of entries) {
      const file = current === '/' ? `/${entry.name}` : `${current}/${entry.name}`
      if (entry.isSymbolicLink()) links.push(file)
      if (!entry.isDirectory()) paths.push(file)
      else if (mayLead(foldPath(file))) waiting.push(file)
    }
  }
  return { type: 'directory', paths, links, isComplete: true }
}

/** More take too long while a person waits. */
const MAX_TREE_ENTRIES = 5_000

import { lstat, readdir, realpath } from 'node:fs/promises'
import path from 'node:path'
import { isInside } from '../paths/path-predicates.ts'
import type { GitRepository } from './find-repository.ts'
import { orNull, readText } from './git-repository.ts'

/**
 * The file by which a repository makes git read files elsewhere: a link out of its git directory, or a pointer to
 * another repository. Git prints lines of such files, in errors too. Null when there is none.
 */
export async function findOutsideFile({
  gitDirectory,
  commonDirectory,
  worktree,
}: GitRepository): Promise<string | null> {
  const root = await orNull(realpath(gitDirectory))
  if (root === null) return '.git'
  const isPlaced = worktree === null || (await isPlacedAt(root, worktree))
  if (!isPlaced) return '.git'
  const common = await placeOfCommon(commonDirectory, root)
  if (common === null) return 'commondir'
  for (const directory of new Set([root, common])) {
    const found = await findOutsideLink(directory, directory, { left: MAX_ENTRIES })
    if (found !== null) return found
  }
  const alternates = (await readText(path.join(common, 'objects/info/alternates'))) ?? ''
  const stores = alternates.split('\n').filter((line) => line.trim() !== '')
  const isOutside = (store: string): boolean =>
    !isInside(path.resolve(common, 'objects', store), path.dirname(common))
  return stores.some(isOutside) ? 'alternates' : null
}

/** In the worktree itself, or elsewhere when it points back: git writes both pointers for worktrees and submodules. */
async function isPlacedAt(root: string, worktree: string): Promise<boolean> {
  const real = (await orNull(realpath(worktree))) ?? worktree
  if (root === path.join(real, '.git') || root === real) return true
  const link = await orNull(lstat(path.join(real, '.git')))
  if (link === null || !link.isFile()) return false
  const back = (await readText(path.join(root, 'gitdir')))?.replace(/[\r\n]+$/, '')
  if (back !== undefined) return path.resolve(root, back) === path.join(real, '.git')
  // The setting core.worktree of a submodule is compared with its worktree when the settings are read.
  const config = (await readText(path.join(root, 'config'))) ?? ''
  return /^\s*worktree\s*=/m.test(config)
}

/** The directory that the worktrees of a repository share; null when it is not one that contains this worktree. */
async function placeOfCommon(commonDirectory: string, root: string): Promise<string | null> {
  const common = await orNull(realpath(commonDirectory))
  if (common === null || common === root) return common
  return path.join(common, 'worktrees') === path.dirname(root) ? common : null
}

/** Enough for thousands of references; with more, reading git requires approval. */
const MAX_ENTRIES = 20_000

async function findOutsideLink(
  directory: string,
  root: string,
  budget: { left: number },
): Promise<string | null> {
  const entries = (await orNull(readdir(directory, { withFileTypes: true }))) ?? []
  budget.left -= entries.length
  if (budget.left < 0) return path.basename(directory)
  for (const entry of entries) {
    const file = path.join(directory, entry.name)
    if (entry.isSymbolicLink()) {
      const target = await orNull(realpath(file))
      const leads = target !== null && !isInside(target, root)
      if (leads && !(directory === root && UNREAD.test(entry.name)))
        return path.relative(root, file)
    } else if (entry.isDirectory() && (directory !== root || SEARCHED.test(entry.name))) {
      const found = await findOutsideLink(file, root, budget)
      if (found !== null) return found
    }
  }
  return null
}

/** Not opened by a git that only reads. */
const UNREAD = /^(hooks|lfs|annex)$/

/** Directories of text files. Those of objects are content, and those of modules are separate repositories. */
const SEARCHED =
  /^(refs|logs|info|rebase-merge|rebase-apply|sequencer|worktrees|rr-cache|reftable)$/

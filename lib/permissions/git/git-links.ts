import { lstat, readdir } from 'node:fs/promises'
import path from 'node:path'
import { isInside } from '../../fs/is-inside.ts'
import { resolveExisting, resolvePath } from '../../fs/resolve-path.ts'
import type { GitRepository } from './find-repository.ts'
import { nullOnFailure, readGitFile, stampOf } from './git-repository.ts'

/**
 * The file by which a repository makes git read files elsewhere: a link out of its git directory, or a pointer to
 * another repository. Git prints lines of such files, in errors too. Null when there is none.
 */
export async function findOutsideFile({
  gitDirectory,
  commonDirectory,
  worktree,
}: GitRepository): Promise<string | null> {
  const root = await resolveExisting(gitDirectory)
  if (root === null) return '.git'
  const isPlaced = worktree === null || (await isPlacedAt(root, worktree))
  if (!isPlaced) return '.git'
  const common = await placeOfCommon(commonDirectory, root)
  if (common === null) return 'commondir'
  for (const directory of new Set([root, common])) {
    const found = await findOutsideLink(directory, directory, { left: MAX_ENTRIES })
    if (found !== null) return found
  }
  const objects = path.join(common, 'objects')
  // Git reads names in quotes, comments and the alternates of others: each leads to objects that the user has not named.
  const alternates = await nullOnFailure(lstat(path.join(objects, 'info/alternates')))
  if (alternates !== null && alternates.size > 0) return 'alternates'
  const link = await findAnyLink(objects)
  return link === null ? null : path.relative(common, link)
}

/** In the worktree itself, or elsewhere when it points back: git writes both pointers for worktrees and submodules. */
async function isPlacedAt(root: string, worktree: string): Promise<boolean> {
  const real = (await resolveExisting(worktree)) ?? worktree
  if (root === path.join(real, '.git') || root === real) return true
  const link = await nullOnFailure(lstat(path.join(real, '.git')))
  if (link === null || !link.isFile()) return false
  const back = (await readGitFile(path.join(root, 'gitdir')))?.replace(/[\r\n]+$/, '')
  if (back !== undefined) return path.resolve(root, back) === path.join(real, '.git')
  // The setting core.worktree of a submodule is compared with its worktree when the settings are read.
  const config = (await readGitFile(path.join(root, 'config'))) ?? ''
  return /^\s*worktree\s*=/m.test(config)
}

/** The directory that the worktrees of a repository share; null when it is not one that contains this worktree. */
async function placeOfCommon(commonDirectory: string, root: string): Promise<string | null> {
  const common = await resolveExisting(commonDirectory)
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
  const entries = (await nullOnFailure(readdir(directory, { withFileTypes: true }))) ?? []
  budget.left -= entries.length
  if (budget.left < 0) return path.basename(directory)
  for (const entry of entries) {
    const file = path.join(directory, entry.name)
    if (entry.isSymbolicLink()) {
      // Through a dangling link, a git that writes creates the file.
      const leads = !isInside(await resolvePath(file), root)
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
const UNREAD = /^(hooks|annex)$/

/** Directories of text files. Those of objects are content, and those of modules are separate repositories. */
const SEARCHED =
  /^(refs|logs|info|rebase-merge|rebase-apply|sequencer|worktrees|rr-cache|reftable|remotes|branches)$/

/**
 * A link below a directory of objects: through it git would show those of another repository. Directories without links are
 * remembered as long as they are the same; there are 256 of them.
 */
async function findAnyLink(directory: string): Promise<string | null> {
  const stamp = await stampOf(directory)
  const known = KNOWN_STORES.get(directory)
  const entries =
    known !== undefined && known.stamp === stamp
      ? known.directories.map((name) => ({ name, isLink: false }))
      : await listLinksAndDirectories(directory)
  if (entries === null) return directory
  const link = entries.find(({ isLink }) => isLink)
  if (link !== undefined) return path.join(directory, link.name)
  const directories = entries.map(({ name }) => name)
  if (stamp !== null && (await stampOf(directory)) === stamp) {
    if (KNOWN_STORES.size >= MAX_KNOWN_STORES) KNOWN_STORES.clear()
    KNOWN_STORES.set(directory, { stamp, directories })
  }
  const found = directories.map((name) => findAnyLink(path.join(directory, name)))
  return (await Promise.all(found)).find((one) => one !== null) ?? null
}

const KNOWN_STORES = new Map<
  string,
  { readonly stamp: string; readonly directories: readonly string[] }
>()

const MAX_KNOWN_STORES = 5_000

async function listLinksAndDirectories(
  directory: string,
): Promise<readonly { readonly name: string; readonly isLink: boolean }[] | null> {
  const entries = await nullOnFailure(readdir(directory, { withFileTypes: true }))
  return (
    entries
      ?.filter((entry) => entry.isSymbolicLink() || entry.isDirectory())
      .map((entry) => ({ name: entry.name, isLink: entry.isSymbolicLink() })) ?? null
  )
}

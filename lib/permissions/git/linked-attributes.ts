import { stat } from 'node:fs/promises'
import path from 'node:path'
import { foldPath } from '../../fs/fold-path.ts'
import { isInside } from '../../fs/is-inside.ts'
import { resolveExisting } from '../../fs/resolve-path.ts'
import type { GitRepository } from './find-repository.ts'
import { readIndex } from './git-index.ts'
import { nullOnFailure } from './git-repository.ts'

/**
 * The file of the worktree by which git would read attributes, ignored names or names of people elsewhere, and print words of them:
 * before 2.32 it follows links of these names, and every git finds them through a link that replaces a directory. A commit
 * can have had a directory where a link is now. Null when there is none.
 */
export async function findLinkedAttributes(repository: GitRepository): Promise<string | null> {
  const { worktree } = repository
  if (worktree === null) return null
  const [root, index] = await Promise.all([resolveExisting(worktree), readIndex(repository)])
  if (root === null || index?.directories == null) return 'index'
  const { directories, links } = index
  const named = ['', ...directories].flatMap((directory) =>
    READ_IN_DIRECTORIES.map((name) => path.join(directory, name)),
  )
  return (
    (await findFirst([...named, READ_AT_TOP], (name) => isElsewhere(root, name))) ??
    (await findFirst(links, (name) => leadsToDirectoryOutside(root, name)))
  )
}

const READ_IN_DIRECTORIES = ['.gitattributes', '.gitignore']

const READ_AT_TOP = '.mailmap'

async function isElsewhere(root: string, name: string): Promise<boolean> {
  const file = path.join(root, name)
  const found = await resolveExisting(file)
  return found !== null && found !== file && foldPath(found) !== foldPath(file)
}

async function leadsToDirectoryOutside(root: string, name: string): Promise<boolean> {
  const found = await resolveExisting(path.join(root, name))
  if (found === null || isInside(found, root)) return false
  return (await nullOnFailure(stat(found)))?.isDirectory() === true
}

async function findFirst(
  names: readonly string[],
  matches: (name: string) => Promise<boolean>,
): Promise<string | null> {
  for (let at = 0; at < names.length; at += LOOKED_UP_AT_ONCE) {
    const some = names.slice(at, at + LOOKED_UP_AT_ONCE)
    const found = await Promise.all(some.map(matches))
    const first = found.indexOf(true)
    if (first >= 0) return some[first] ?? null
  }
  return null
}

const LOOKED_UP_AT_ONCE = 200

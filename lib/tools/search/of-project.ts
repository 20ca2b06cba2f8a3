import { lstat } from 'node:fs/promises'
import path from 'node:path'
import { isErrno } from '../../fs/errno.ts'
import { isInside } from '../../fs/is-inside.ts'
import { resolvePath } from '../../fs/resolve-path.ts'
import { findRepository } from '../../permissions/git/find-repository.ts'
import { listNestedRepositories } from '../../permissions/git/git-index.ts'
import { readGitFile } from '../../permissions/git/git-repository.ts'
import { IgnoreRules } from './gitignore.ts'
import { PROGRAM_DIRECTORIES } from './program-directories.ts'

/** What the user trusts: real paths. */
interface TrustedPlace {
  readonly directory: string
  /** The outermost directory whose files count as well: the directory, or one above it. */
  readonly outermost: string
}

/**
 * Whether a file below a trusted directory is a part of the project, by its absolute name: not what a program has installed, what the
 * project ignores, or what belongs to another repository, such as a submodule. Others have written those. A name says nothing about
 * what links lead to: the real path is another question. The directory itself and those above it were chosen by the user.
 */
export function createOwnership(place: TrustedPlace): (file: string) => Promise<boolean> {
  let survey: Promise<Survey> | null = null
  return async (file) => {
    survey ??= surveyRepository(place)
    const { root, excluded, nested } = await survey
    if (!isInside(file, root)) return false
    const rules = new IgnoreRules(root)
    await rules.load('', excluded)
    const parts = path.relative(root, file).split(path.sep)
    for (const index of parts.slice(1).keys()) {
      const name = parts.slice(0, index + 1).join('/')
      const at = path.join(root, name)
      if (isInside(place.directory, at)) {
        // The user has opened it although it is ignored.
        if (rules.areIgnoring(`${name}/`)) rules.clear()
      } else if (rules.areIgnoring(`${name}/`) || nested === null || nested.has(keyOf(at)))
        return false
      else if (await isInstalled(at)) return false
      await rules.load(name)
    }
    return !rules.areIgnoring(parts.join('/'))
  }
}

interface Survey {
  /** From where ignore files count. */
  readonly root: string
  /** What `info/exclude` of the repository says. */
  readonly excluded: string
  /** The directories of submodules, also of those that have no `.git` here; null when they are not known. */
  readonly nested: ReadonlySet<string> | null
}

async function surveyRepository({ directory, outermost }: TrustedPlace): Promise<Survey> {
  const repository = await findRepository(directory)
  if (repository === 'unknown') return { root: outermost, excluded: '', nested: null }
  if (repository === 'none' || repository.worktree === null)
    return { root: outermost, excluded: '', nested: new Set() }
  const worktree = await resolvePath(repository.worktree)
  const [excluded, modules, listed] = await Promise.all([
    readGitFile(path.join(repository.commonDirectory, 'info', 'exclude')),
    readGitFile(path.join(worktree, '.gitmodules')),
    listNestedRepositories(repository),
  ])
  const names = [...(listed ?? []), ...modulePaths(modules ?? '')]
  return {
    root: isInside(worktree, outermost) ? outermost : worktree,
    excluded: excluded ?? '',
    nested: listed === null ? null : new Set(names.map((name) => keyOf(path.join(worktree, name)))),
  }
}

/** As the file names them, in quotes or not. */
function modulePaths(text: string): readonly string[] {
  return [...text.matchAll(/^[ \t]*path[ \t]*=[ \t]*"?(.*?)\/*"?[ \t]*\r?$/gim)].flatMap(
    ([, name = '']) => (name === '' ? [] : [name]),
  )
}

/** Some file systems distinguish neither case nor the forms of a letter. */
function keyOf(name: string): string {
  return name.normalize('NFC').toLowerCase()
}

/** Whether a program has put there what others have written. What cannot be looked at is not known to be of the project. */
async function isInstalled(directory: string): Promise<boolean> {
  const name = keyOf(path.basename(directory))
  if (PROGRAM_DIRECTORIES.has(name) || PACKAGE_DIRECTORIES.has(name)) return true
  const marks = [...MARKS, ...(name === 'vendor' ? MARKS_OF_COPIES : [])]
  return (await Promise.all(marks.map((mark) => isThere(path.join(directory, mark))))).includes(
    true,
  )
}

/** Directories of packages that a project keeps among its files as well. */
const PACKAGE_DIRECTORIES: ReadonlySet<string> = new Set([
  ...['site-packages', 'dist-packages', 'bower_components', 'jspm_packages', 'pods', 'carthage'],
])

/** What repositories of any kind, Python environments and crates of others have at their top. */
const MARKS = [
  ...['.git', '.hg', '.jj', '.svn', '.bzr', '.pijul', '_darcs', '.fslckout'],
  ...['pyvenv.cfg', 'conda-meta', '.cargo-checksum.json'],
]

/** Go, Composer and Bundler write them into their directory of packages. Without one, a person has made the directory. */
const MARKS_OF_COPIES = ['modules.txt', 'autoload.php', 'bundle']

/** Whatever it is, and wherever a link leads. */
function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    (thrown) => !isErrno(thrown, 'ENOENT', 'ENOTDIR'),
  )
}

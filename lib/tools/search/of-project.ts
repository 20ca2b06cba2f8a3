import { lstat } from 'node:fs/promises'
import path from 'node:path'
import { isErrno } from '../../fs/errno.ts'
import { foldPath } from '../../fs/fold-path.ts'
import { isInside } from '../../fs/is-inside.ts'
import { resolvePath } from '../../fs/resolve-path.ts'
import { askGit } from '../../permissions/git/ask-git.ts'
import { findRepository } from '../../permissions/git/find-repository.ts'
import { listNestedRepositories, listTrackedFiles } from '../../permissions/git/git-index.ts'
import { nullOnFailure, readGitFile } from '../../permissions/git/git-repository.ts'
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
 * project ignores and git does not track, or what belongs to another repository, such as a submodule. Others have written those.
 * A name says nothing about what links lead to: the real path is another question. The directory itself and those above it were
 * chosen by the user.
 */
export function createOwnership(place: TrustedPlace): (file: string) => Promise<boolean> {
  let survey: Promise<Survey> | null = null
  let tracked: Promise<ReadonlySet<string>> | null = null
  const installed = new Map<string, Promise<boolean>>()
  const isOfOthers = (at: string): Promise<boolean> => {
    const known = installed.get(at) ?? isInstalled(at)
    installed.set(at, known)
    return known
  }
  return async (file) => {
    survey ??= surveyRepository(place)
    const { root, excluded, nested } = await survey
    if (!isInside(file, root)) return false
    const rules = new IgnoreRules(root)
    await rules.load('', excluded)
    const parts = path.relative(root, file).split(path.sep)
    let isIgnored = false
    for (const index of parts.slice(1).keys()) {
      const name = parts.slice(0, index + 1).join('/')
      const at = path.join(root, name)
      const isIgnoring = rules.areIgnoring(`${name}/`)
      if (isInside(place.directory, at)) {
        // The user has opened it although it is ignored.
        if (isIgnoring) rules.clear()
      } else if (nested === null || nested.has(foldPath(at)) || (await isOfOthers(at))) return false
      else isIgnored ||= isIgnoring
      await rules.load(name)
    }
    if (!isIgnored && !rules.areIgnoring(parts.join('/'))) return true
    tracked ??= trackedFiles(place.directory)
    return (await tracked).has(file)
  }
}

/** Git does not ignore what it tracks. */
async function trackedFiles(directory: string): Promise<ReadonlySet<string>> {
  const found = await listTrackedFiles(directory)
  return new Set(found.type === 'files' ? found.paths : [])
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
  const isNone = repository === 'none' || repository.worktree === null
  const worktree = isNone ? outermost : await resolvePath(repository.worktree)
  const [excluded, modules, listed] = await Promise.all([
    isNone ? null : readGitFile(path.join(repository.commonDirectory, 'info', 'exclude')),
    listModules(worktree),
    isNone ? [] : listNestedRepositories(repository, Number.POSITIVE_INFINITY),
  ])
  const nested = modules === null || listed === null ? null : [...modules, ...listed]
  return {
    root: isInside(worktree, outermost) ? outermost : worktree,
    excluded: excluded ?? '',
    nested: nested && new Set(nested.map((name) => foldPath(path.resolve(worktree, name)))),
  }
}

/** Those that `.gitmodules` names, as git reads it; null when git cannot. */
async function listModules(directory: string): Promise<readonly string[] | null> {
  const file = path.join(directory, '.gitmodules')
  if (!(await isThere(file))) return []
  // git would wait for the writer of a pipe, and read a device without end.
  if ((await nullOnFailure(lstat(file)))?.isFile() !== true) return null
  const output = await askGit(directory, ['config', '-z', '-f', '.gitmodules', '--list'])
  const entries = output?.toString().split('\0') ?? null
  return entries?.flatMap((entry) => /^submodule\..*\.path\n(.*)$/s.exec(entry)?.[1] ?? []) ?? null
}

/** Whether a program has put there what others have written. What cannot be looked at is not known to be of the project. */
async function isInstalled(directory: string): Promise<boolean> {
  const name = foldPath(path.basename(directory))
  if (PROGRAM_DIRECTORIES.has(name) || PACKAGE_DIRECTORIES.has(name)) return true
  const marks = [...MARKS, ...(MARKS_BY_NAME.get(name) ?? [])]
  const areThere = (names: readonly string[]): Promise<readonly boolean[]> =>
    Promise.all(names.map((mark) => isThere(path.join(directory, mark))))
  if ((await areThere(marks)).includes(true)) return true
  // A repository without a work tree has its parts at its top.
  return !(await areThere(['HEAD', 'objects'])).includes(false)
}

/** Directories of packages and of what programs need, which a project can keep among its files as well. */
const PACKAGE_DIRECTORIES: ReadonlySet<string> = new Set([
  ...['site-packages', 'dist-packages', '__pypackages__', '.eggs', '.conda', '.pixi', '.pyenv'],
  ...['bower_components', 'jspm_packages', 'elm-stuff', '.npm', '.nvm', '.pnpm', '.yalc', '.bun'],
  ...['pods', 'carthage', '.build', '.swiftpm', '.cargo', '.rustup', '.m2', '.ivy2', '.sbt'],
  ...['.bundle', '.gem', '.rbenv', '.dart_tool', '.pub-cache', '.stack-work', '.asdf', '.direnv'],
  ...['.devenv', '.deno'],
])

/** What repositories of any kind, Python environments, caches, installed modules and crates have at their top. */
const MARKS = [
  ...['.git', '.hg', '.jj', '.svn', '.bzr', '.pijul', '.sl', '_darcs', '.fslckout', '_FOSSIL_'],
  ...['pyvenv.cfg', 'conda-meta', '.cargo-checksum.json', 'CACHEDIR.TAG'],
  ...['.package-lock.json', '.modules.yaml', '.yarn-state.yml'],
]

/** What Go, Composer and Bundler write into such a directory, or Mix has next to it. Without one, a person has made the directory. */
const MARKS_BY_NAME: ReadonlyMap<string, readonly string[]> = new Map([
  ['vendor', ['modules.txt', 'autoload.php', 'bundle']],
  ['deps', ['../mix.exs']],
])

/** Whatever it is, and wherever a link leads. */
function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    (thrown) => !isErrno(thrown, 'ENOENT', 'ENOTDIR'),
  )
}

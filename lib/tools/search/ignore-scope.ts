import { existsSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { isInside } from '../../fs/is-inside.ts'
import { IGNORE_FILES, isDirectoryIgnored } from './gitignore.ts'

/**
 * The options by which ripgrep applies the ignore files that git would apply to a directory, and no others: those of the
 * repository, or of the project where there is none. Ignore files above it belong to something else, such as a home directory that
 * is kept in git. What was named is searched even when it is itself ignored.
 */
export async function ignoreOptions(directory: string, project: string): Promise<string[]> {
  const repository = enclosing(directory, isRepository)
  const isStranger = !isInside(directory, project)
  const isHidden =
    repository !== null &&
    repository !== project &&
    isInside(project, repository) &&
    (await isDirectoryIgnored(repository, project))
  const root = repository === null || isHidden ? (isStranger ? directory : project) : repository
  const isIgnored = await isDirectoryIgnored(root, directory)
  // ripgrep itself stops at the repository for .gitignore, but not for .ignore.
  const isUsual = root === repository && !isIgnored && !hasIgnoreFileAbove(root)
  if (isUsual) return []
  const between = isIgnored ? [] : ignoreFilesBetween(root, directory)
  return [
    '--no-ignore-parent',
    '--no-require-git',
    ...between.map((file) => `--ignore-file=${file}`),
  ]
}

function isRepository(directory: string): boolean {
  return existsSync(join(directory, '.git'))
}

function hasIgnoreFileAbove(directory: string): boolean {
  const isThere = (above: string): boolean =>
    ['.ignore', '.rgignore'].some((name) => existsSync(join(above, name)))
  return directory !== dirname(directory) && enclosing(dirname(directory), isThere) !== null
}

/** The ignore files from the root to the parent of the directory, the outermost first: later ones take precedence. */
function ignoreFilesBetween(root: string, directory: string): readonly string[] {
  const parts = relative(root, directory)
    .split(sep)
    .filter((part) => part !== '')
  return [...parts.keys()].flatMap((depth) =>
    IGNORE_FILES.map((name) => join(root, ...parts.slice(0, depth), name)).filter(existsSync),
  )
}

/** The nearest directory, from this one upwards, for which it is true. */
function enclosing(directory: string, isIt: (directory: string) => boolean): string | null {
  if (isIt(directory)) return directory
  const parent = dirname(directory)
  return parent === directory ? null : enclosing(parent, isIt)
}

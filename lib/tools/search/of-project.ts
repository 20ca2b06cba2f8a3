import { join } from 'node:path'
import { pathExists } from '../../fs/path-exists.ts'
import { IgnoreRules } from './gitignore.ts'

/** Written by programs, with more files than those of a person. */
export const PROGRAM_DIRECTORIES: ReadonlySet<string> = new Set([
  ...['.cache', '.git', '.hg', '.svn', '.jj', '.venv', 'venv', '__pycache__', 'node_modules'],
  ...['.tox', '.nox', '.mypy_cache', '.pytest_cache', '.ruff_cache', '.gradle', '.terraform'],
  ...['.next', '.nuxt', '.svelte-kit', '.parcel-cache', '.turbo', '.yarn', '.pnpm-store'],
])

/**
 * Whether a directory below the project is a part of it, by its relative name: not what a program has installed, what the project
 * ignores, or another repository, such as a submodule. Others have written those.
 */
export async function isOfProject(project: string, name: string): Promise<boolean> {
  const rules = new IgnoreRules(project)
  await rules.load('')
  let at = ''
  for (const part of name.split('/')) {
    at = join(at, part)
    if (PROGRAM_DIRECTORIES.has(part) || rules.areIgnoring(`${at}/`)) return false
    if (await pathExists(join(project, at, '.git'))) return false
    await rules.load(at)
  }
  return true
}

import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { isInside } from '../../fs/is-inside.ts'
import { resolvePath } from '../../fs/resolve-path.ts'
import { sideEffects } from '../messages.ts'
import { isExecutableForShowing } from './executable-settings.ts'
import { findRepository, type GitRepository } from './find-repository.ts'
import { listNestedRepositories } from './git-index.ts'
import { findOutsideFile } from './git-links.ts'
import { exists, nullOnFailure } from './git-repository.ts'
import { type GitSetting, readGitSettings } from './git-settings.ts'
import { findLinkedAttributes } from './linked-attributes.ts'

/**
 * Why git must not read the repository without approval: its own configuration makes git run a program, or its files
 * lead elsewhere. Null when neither is so. The user's own configuration is not checked.
 */
export async function findGitDanger(directory: string, depth = 0): Promise<string | null> {
  const repository = await findRepository(directory)
  if (repository === 'none') return null
  if (repository === 'unknown') return sideEffects.gitRefuses
  const outside = await findOutsideFile(repository)
  if (outside !== null) return sideEffects.gitReadsOutside(outside)
  const setting = await findExecutableSetting(repository)
  if (setting !== null) return sideEffects.runsGitSetting(setting)
  const { worktree } = repository
  if (worktree === null) return null
  const linked = await findLinkedAttributes(repository)
  if (linked !== null) return sideEffects.gitReadsOutside(linked)
  const nested = await listNestedRepositories(repository)
  if (nested === null || (nested.length > 0 && depth >= MAX_DEPTH))
    return sideEffects.gitReadsOutside('index')
  for (const name of nested) {
    const inside = path.join(worktree, name)
    if (!(await exists(path.join(inside, '.git')))) continue
    const danger = await findGitDanger(inside, depth + 1)
    if (danger !== null) return danger
  }
  return null
}

async function findExecutableSetting(repository: GitRepository): Promise<string | null> {
  const { gitDirectory, commonDirectory: common } = repository
  const own = [path.join(gitDirectory, 'config.worktree'), path.join(common, 'config')]
  const shared = (await Promise.all(own.map(readGitSettings))).flatMap((settings) => settings ?? [])
  for (const file of [...own, ...(await findConfigs(path.join(common, 'modules'), 0))]) {
    const settings = await readGitSettings(file)
    if (settings === null) return path.basename(file)
    const executable = settings.find((one) =>
      isExecutableForShowing(one, [...shared, ...settings]),
    )?.name
    if (executable !== undefined) return executable
    if (!own.includes(file)) continue
    const other =
      findMovedWorktree(settings, repository) ??
      (await findOutsidePath(settings, repository)) ??
      (await findHook(settings, repository, common))
    if (other !== null) return other
  }
  return null
}

/** A worktree that is not the directory of the repository. */
function findMovedWorktree(
  settings: readonly GitSetting[],
  { gitDirectory, worktree }: GitRepository,
): string | null {
  const moved = settings.find(({ name }) => name === 'core.worktree')
  const isMoved = moved !== undefined && path.resolve(gitDirectory, moved.value) !== worktree
  return isMoved ? moved.name : null
}

/** A setting that names a file outside of the worktree: git shows what is not valid in it. */
async function findOutsidePath(
  settings: readonly GitSetting[],
  { worktree }: GitRepository,
): Promise<string | null> {
  for (const { name, value } of settings) {
    if (!NAMES_FILE.test(name) || value === '') continue
    if (worktree === null || !/^[\w.]/.test(value)) return name
    const [file, root] = await Promise.all([
      resolvePath(path.join(worktree, value)),
      resolvePath(worktree),
    ])
    if (!isInside(file, root)) return name
  }
  return null
}

const NAMES_FILE =
  /^(core\.(excludesfile|attributesfile)|blame\.ignorerevsfile|mailmap\.file|diff\.orderfile)$/

async function findHook(
  settings: readonly GitSetting[],
  { worktree }: GitRepository,
  common: string,
): Promise<string | null> {
  const hooks = settings.find(({ name }) => name === 'core.hookspath')?.value ?? ''
  const directory = hooks === '' ? path.join(common, 'hooks') : path.resolve(worktree ?? '/', hooks)
  return (await exists(path.join(directory, HOOK))) ? HOOK : null
}

/** The only hook that a reading git runs: when it refreshes its index. */
const HOOK = 'post-index-change'

/** Submodules have their own configuration, which git reads as well. */
export async function findConfigs(directory: string, depth: number): Promise<readonly string[]> {
  const entries = (await nullOnFailure(readdir(directory, { withFileTypes: true }))) ?? []
  const configs: string[] = []
  for (const entry of entries.slice(0, MAX_MODULES)) {
    const inside = path.join(directory, entry.name)
    if (entry.name === 'config') configs.push(inside)
    else if (entry.isDirectory() && !NOT_A_MODULE.test(entry.name) && depth < MAX_DEPTH) {
      configs.push(...(await findConfigs(inside, depth + 1)))
    }
  }
  return configs
}

const NOT_A_MODULE = /^(objects|refs|logs|hooks|info)$/

const MAX_MODULES = 200

const MAX_DEPTH = 6

import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { sideEffects } from '../messages.ts'
import { isExecutable, runsProgramForWriting } from './executable-settings.ts'
import { findRepository, type GitRepository } from './find-repository.ts'
import { findConfigs, findGitDanger } from './git-config.ts'
import { listNestedRepositories } from './git-index.ts'
import { exists, nullOnFailure, readGitFile } from './git-repository.ts'
import { type GitSetting, readGitSettings } from './git-settings.ts'

/** Why a git that changes or fetches something must not run there, in addition to what is dangerous to one that reads. */
export async function findGitWriteDanger(directory: string, depth = 0): Promise<string | null> {
  const repository = await findRepository(directory)
  if (repository === 'none') return null
  if (repository === 'unknown' || depth > MAX_DEPTH) return sideEffects.gitRefuses
  const { gitDirectory, commonDirectory: common, worktree } = repository
  const files = [path.join(gitDirectory, 'config.worktree'), path.join(common, 'config')]
  const settings = (await Promise.all(files.map(readGitSettings))).flatMap((found) => found ?? [])
  const name =
    settings.find(runsProgramForWriting)?.name ??
    findMovedHooks(settings, repository) ??
    (await findHook(path.join(common, 'hooks'))) ??
    (await findPendingProgram(gitDirectory)) ??
    (await findFileOfRemotes(common)) ??
    (await findProgramOfModules(common))
  if (name !== null) return sideEffects.runsGitSetting(name)
  const root = worktree ?? gitDirectory
  for (const place of settings.filter(namesRemote).map(({ value }) => value)) {
    const danger = await findGitRemoteDanger(path.resolve(root, pathOfAddress(place)), depth + 1)
    if (danger !== null) return danger
  }
  const nested = worktree === null ? [] : await listNestedRepositories(repository)
  if (nested === null) return sideEffects.gitReadsOutside('index')
  for (const inside of nested.map((one) => path.join(root, one))) {
    if (!(await exists(path.join(inside, '.git')))) continue
    // Git enters it to fetch, check out and push.
    const danger = await findGitWriteDanger(inside, depth + 1)
    if (danger !== null) return danger
  }
  return null
}

/**
 * Why nothing must be sent to a repository of this machine: git runs the hooks, and what the configuration names, of the one that
 * receives it. Null when there is none.
 */
export async function findGitRemoteDanger(place: string, depth = 0): Promise<string | null> {
  for (const one of [place, `${place}.git`]) {
    if (await exists(path.join(one, '.git'))) {
      const danger = (await findGitDanger(one)) ?? (await findGitWriteDanger(one, depth))
      if (danger !== null) return danger
    } else if (await exists(path.join(one, 'HEAD'))) {
      const name = await findProgramOf(path.join(one, 'config'))
      if (name !== null) return sideEffects.runsGitSetting(name)
    }
  }
  return null
}

/** `file:///srv/x` is `/srv/x`. */
export function pathOfAddress(address: string): string {
  return address.replace(/^file:\/\/(localhost(?=\/))?/, '')
}

const MAX_DEPTH = 6

/** Where git connects to, or sends to: a directory is a repository of this machine. */
function namesRemote({ name, value }: GitSetting): boolean {
  return value !== '.' && REMOTE.test(name)
}

const REMOTE = /^(remote\.(pushdefault|.*\.(push)?url)|branch\..*\.(push)?remote)$/s

/** Another directory of hooks is one of the work tree, which a checkout fills, or one that has not been looked into. */
function findMovedHooks(
  settings: readonly GitSetting[],
  { commonDirectory, worktree, gitDirectory }: GitRepository,
): string | null {
  const moved = settings.find(
    ({ name, value }) =>
      name === 'core.hookspath' &&
      value !== '' &&
      value !== '/dev/null' &&
      path.resolve(worktree ?? gitDirectory, value) !== path.join(commonDirectory, 'hooks'),
  )
  return moved?.name ?? null
}

async function findHook(directory: string): Promise<string | null> {
  const names = (await nullOnFailure(readdir(directory))) ?? []
  return names.find((name) => HOOK_NAME.test(name)) ?? null
}

/** The samples of git end in `.sample`. */
const HOOK_NAME = /^[a-z0-9-]+$/

/** A rebase that has been started resumes with the list in a file, which can contain programs. */
async function findPendingProgram(gitDirectory: string): Promise<string | null> {
  const file = path.join(gitDirectory, TODO)
  const text = await readGitFile(file)
  if (text === null) return (await exists(file)) ? TODO : null
  return /^[ \t]*(x|exec)(\s|$)/m.test(text) ? TODO : null
}

const TODO = 'rebase-merge/git-rebase-todo'

/** Files of an old kind that name remotes. */
async function findFileOfRemotes(common: string): Promise<string | null> {
  for (const name of ['remotes', 'branches']) {
    const files = (await nullOnFailure(readdir(path.join(common, name)))) ?? []
    if (files.length > 0) return name
  }
  return null
}

async function findProgramOfModules(common: string): Promise<string | null> {
  for (const config of await findConfigs(path.join(common, 'modules'), 0)) {
    const name = await findProgramOf(config)
    if (name !== null) return name
  }
  return null
}

/** What runs a program in the directory of git that has this configuration: a setting, or a hook. */
async function findProgramOf(config: string): Promise<string | null> {
  const settings = await readGitSettings(config)
  if (settings === null) return 'config'
  const found = settings.find(
    (one) =>
      one.name === 'core.hookspath' || isExecutable(one, settings) || runsProgramForWriting(one),
  )
  return found?.name ?? (await findHook(path.join(path.dirname(config), 'hooks')))
}

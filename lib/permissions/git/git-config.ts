import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { readNestedRepositories } from './git-index.ts'
import { exists, findRepository, type GitRepository, orNull, readText } from './git-repository.ts'

/**
 * The setting by which the repository's own configuration makes a reading git run a program, or read other files; null
 * when there is none. The user's own configuration is not checked.
 */
export async function findExecutableSetting(directory: string, depth = 0): Promise<string | null> {
  const repository = await findRepository(directory)
  if (repository === null) return null
  const { gitDirectory, worktree } = repository
  const commonText = await readText(path.join(gitDirectory, 'commondir'))
  const common = path.resolve(gitDirectory, commonText?.trim() || '.')
  const own = [path.join(gitDirectory, 'config.worktree'), path.join(common, 'config')]
  for (const file of [...own, ...(await findConfigs(path.join(common, 'modules'), 0))]) {
    const settings = await readSettings(file)
    if (settings === null) return `${path.basename(file)} is too large`
    const executable = settings.find((one) => isExecutable(one, settings))?.name
    if (executable !== undefined) return executable
    if (!own.includes(file)) continue
    const other =
      findMovedWorktree(settings, repository) ?? (await findHook(settings, repository, common))
    if (other !== null) return other
  }
  if (worktree === null || depth > MAX_DEPTH) return null
  for (const link of await readNestedRepositories(gitDirectory)) {
    const nested = path.join(worktree, link)
    if (!(await exists(path.join(nested, '.git')))) continue
    const setting = await findExecutableSetting(nested, depth + 1)
    if (setting !== null) return setting
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
async function findConfigs(directory: string, depth: number): Promise<readonly string[]> {
  const entries = (await orNull(readdir(directory, { withFileTypes: true }))) ?? []
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

interface GitSetting {
  /** In lower case, except for a quoted subsection: `diff.External.textconv`. */
  readonly name: string
  readonly value: string
}

function isExecutable({ name, value }: GitSetting, all: readonly GitSetting[]): boolean {
  if (value === '' && !name.startsWith('include')) return false
  if (name === 'core.fsmonitor') return !/^(true|false|yes|no|on|off|[01])$/i.test(value)
  if (name.startsWith('filter.') && LFS_FILTER.test(value)) return false
  if (EXECUTABLE.test(name)) return true
  return CONNECTING.test(name) && all.some((one) => PARTIAL_CLONE.test(one.name))
}

/** Run by status, diff, log, show and blame. An included file can contain any of them. */
const EXECUTABLE =
  /^(include(if\..*)?\.path|diff\.external|diff\..*\.(command|textconv)|filter\..*\.(clean|process|smudge)|gpg\.(.*\.)?(program|defaultkeycommand))$/

/** A partial clone fetches missing objects while it is read. */
const PARTIAL_CLONE = /^(extensions\.partialclone|remote\..*\.(promisor|partialclonefilter))$/

const CONNECTING =
  /^(core\.(sshcommand|gitproxy|askpass)|credential\.(.*\.)?helper|remote\..*\.(uploadpack|vcs)|url\..*\.insteadof)$/

/** What `git lfs install` writes. */
const LFS_FILTER = /^git-lfs (clean|smudge|filter-process)( --skip)?( -- %f)?$/

/** The settings of a configuration file; null when it is too large to read. */
async function readSettings(file: string): Promise<readonly GitSetting[] | null> {
  const text = await readText(file)
  if (text === null) return (await orNull(stat(file)))?.isFile() === true ? null : []
  let section = ''
  const settings: GitSetting[] = []
  for (const line of text.replace(/\\\r?\n/g, '').split('\n')) {
    let rest = line.trim()
    const header = /^\[\s*([\w.-]+)\s*(?:"((?:[^"\\]|\\.)*)")?\s*\]/.exec(rest)
    if (header !== null) {
      const [matched, name = '', subsection] = header
      const suffix = subsection === undefined ? '' : `.${subsection.replace(/\\(.)/g, '$1')}`
      section = name.toLowerCase() + suffix
      rest = rest.slice(matched.length).trim()
    }
    const assignment = /^([A-Za-z][\w-]*)\s*(?:=\s*(.*))?$/.exec(rest)
    if (assignment === null) continue
    const [, key = '', value = 'true'] = assignment
    settings.push({ name: `${section}.${key.toLowerCase()}`, value: withoutQuotes(value) })
  }
  return settings
}

/** The value without quotes and comment. */
function withoutQuotes(value: string): string {
  return value
    .replace(/^((?:[^"#;]|"(?:[^"\\]|\\.)*")*)[#;].*$/, '$1')
    .replace(/"/g, '')
    .trim()
}

import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { attempt } from '../paths/resolve-path.ts'
import { readGitlinks } from './git-index.ts'
import { exists, findRepository, type GitRepository, readText } from './git-repository.ts'

/**
 * The setting by which a git that only looks would run a program, or look elsewhere, because the repository's own
 * configuration says so; null when there is none. The person's own configuration is their business.
 */
export function findExecutableSetting(directory: string, depth = 0): string | null {
  const found = findRepository(directory)
  if (found === null) return null
  const { gitDirectory } = found
  const common = path.resolve(
    gitDirectory,
    readText(path.join(gitDirectory, 'commondir'))?.trim() || '.',
  )
  const own = [path.join(gitDirectory, 'config.worktree'), path.join(common, 'config')]
  for (const file of [...own, ...configsBelow(path.join(common, 'modules'), 0)]) {
    const settings = settingsOf(file)
    if (settings === null) return `${path.basename(file)} is too large`
    const createStreamLayer = settings.find((one) => isRunning(one, settings))?.name
    const ofItsOwn = own.includes(file)
      ? (misplaced(settings, found) ?? hookOf(settings, found, common))
      : null
    const reason = createStreamLayer ?? ofItsOwn
    if (reason !== null) return reason
  }
  const { worktree } = found
  if (worktree === null || depth > DEEPEST) return null
  // Repositories in the repository are looked at, too.
  const inner = readGitlinks(found.gitDirectory).map((link) => path.join(worktree, link))
  const reasons = inner
    .filter((one) => exists(path.join(one, '.git')))
    .map((one) => findExecutableSetting(one, depth + 1))
  return reasons.find((one) => one !== null) ?? null
}

/** Files that are not where the repository is. */
function misplaced(
  settings: readonly GitSetting[],
  { gitDirectory, worktree }: GitRepository,
): string | null {
  const moved = settings.find(({ name }) => name === 'core.worktree')
  const isMoved = moved !== undefined && path.resolve(gitDirectory, moved.value) !== worktree
  return isMoved ? moved.name : null
}

function hookOf(
  settings: readonly GitSetting[],
  { worktree }: GitRepository,
  common: string,
): string | null {
  const hooks = settings.find(({ name }) => name === 'core.hookspath')?.value ?? ''
  const place = hooks === '' ? path.join(common, 'hooks') : path.resolve(worktree ?? '/', hooks)
  return exists(path.join(place, HOOK)) ? HOOK : null
}

/** The one hook that is run when a look refreshes what git knows of the files. */
const HOOK = 'post-index-change'

/** Submodules have configurations of their own; git looks into them, too. */
function configsBelow(directory: string, depth: number): readonly string[] {
  const entries = attempt(() => readdirSync(directory, { withFileTypes: true })) ?? []
  return entries.slice(0, MOST_MODULES).flatMap((entry) => {
    const inside = path.join(directory, entry.name)
    if (entry.name === 'config') return [inside]
    const isPart = /^(objects|refs|logs|hooks|info)$/.test(entry.name)
    return entry.isDirectory() && !isPart && depth < DEEPEST ? configsBelow(inside, depth + 1) : []
  })
}

const MOST_MODULES = 200

const DEEPEST = 6

interface GitSetting {
  /** In lower case, but for what stands between quotes: `diff.External.textconv`. */
  readonly name: string
  readonly value: string
}

function isRunning({ name, value }: GitSetting, all: readonly GitSetting[]): boolean {
  if (value === '' && !name.startsWith('include')) return false
  if (name === 'core.fsmonitor') return !/^(true|false|yes|no|on|off|[01])$/i.test(value)
  if (name.startsWith('filter.') && LFS.test(value)) return false
  return (
    RUNNING.test(name) || (CONNECTING.test(name) && all.some(({ name: one }) => LAZY.test(one)))
  )
}

/** Run by status, diff, log, show and blame; a file that is included may hold any of them. */
const RUNNING =
  /^(include(if\..*)?\.path|diff\.external|diff\..*\.(command|textconv)|filter\..*\.(clean|process|smudge)|gpg\.(.*\.)?(program|defaultkeycommand))$/

/** A repository without all of its objects gets them while it is looked at. */
const LAZY = /^(extensions\.partialclone|remote\..*\.(promisor|partialclonefilter))$/

const CONNECTING =
  /^(core\.(sshcommand|gitproxy|askpass)|credential\.(.*\.)?helper|remote\..*\.(uploadpack|vcs)|url\..*\.insteadof)$/

/** What `git lfs install` writes. */
const LFS = /^git-lfs (clean|smudge|filter-process)( --skip)?( -- %f)?$/

/** What a configuration says, as far as it can be told without git; null when it is too much to read. */
function settingsOf(file: string): readonly GitSetting[] | null {
  const text = readText(file)
  if (text === null) return attempt(() => statSync(file))?.isFile() === true ? null : []
  let section = ''
  const settings: GitSetting[] = []
  for (const line of text.replace(/\\\r?\n/g, '').split('\n')) {
    let rest = line.trim()
    const header = /^\[\s*([\w.-]+)\s*(?:"((?:[^"\\]|\\.)*)")?\s*\]/.exec(rest)
    if (header !== null) {
      const [whole, name = '', part] = header
      section = name.toLowerCase() + (part === undefined ? '' : `.${part.replace(/\\(.)/g, '$1')}`)
      rest = rest.slice(whole.length).trim()
    }
    const given = /^([A-Za-z][\w-]*)\s*(?:=\s*(.*))?$/.exec(rest)
    if (given === null) continue
    const [, key = '', value = 'true'] = given
    settings.push({ name: `${section}.${key.toLowerCase()}`, value: plain(value) })
  }
  return settings
}

/** Without quotes and comment. */
function plain(value: string): string {
  return value
    .replace(/^((?:[^"#;]|"(?:[^"\\]|\\.)*")*)[#;].*$/, '$1')
    .replace(/"/g, '')
    .trim()
}

import { lstat, stat } from 'node:fs/promises'
import path from 'node:path'
import { resolvePath } from '../../fs/resolve-path.ts'
import { runGit } from './ask-git.ts'
import { nullOnFailure } from './git-repository.ts'

export interface GitRepository {
  readonly gitDirectory: string
  /** Of a worktree: the directory that it shares with others, which contains the configuration. */
  readonly commonDirectory: string
  /** The directory of its files; null in a directory of git itself. */
  readonly worktree: string | null
}

/** What git would read there: a repository, none, or something that only looks like one, or that it refuses. */
type FoundRepository = GitRepository | 'none' | 'unknown'

/**
 * The repository in which git finds itself in a directory. Git is asked, since it alone knows what it takes for one: where
 * its pointers lead, which characters belong to them, which structure is complete. The answer is remembered as long as
 * everything that git looks at for it is the same: asking takes 4 ms, comparing less than one.
 */
export async function findRepository(directory: string): Promise<FoundRepository> {
  const from = await resolvePath(directory)
  const known = KNOWN.get(from)
  if (known !== undefined && (await identityOf(from, known.found)) === known.identity)
    return known.found
  const found = await lookForRepository(from)
  const identity = await identityOf(from, found)
  // What changed while git looked is not what it saw.
  const again = await lookForRepository(from)
  if (JSON.stringify(again) !== JSON.stringify(found)) return 'unknown'
  if (KNOWN.size >= MAX_KNOWN) KNOWN.clear()
  KNOWN.set(from, { found, identity })
  return found
}

const KNOWN = new Map<string, { readonly found: FoundRepository; readonly identity: string }>()

const MAX_KNOWN = 500

/**
 * Git passes over a `.git` that is not complete, and takes a repository above. It can be completed later, or by a directory that is
 * elsewhere: what git does not take for a repository here is not known to be none.
 */
async function lookForRepository(directory: string): Promise<FoundRepository> {
  const found = await askForRepository(directory)
  if (found === 'unknown') return found
  const levels = levelsOf(directory)
  const top = found === 'none' ? -1 : levels.indexOf(found.worktree ?? found.gitDirectory)
  const passed = top < 0 ? levels : levels.slice(0, top)
  const isPassed = await Promise.all(passed.map(looksLikeRepository))
  return isPassed.includes(true) ? 'unknown' : found
}

async function askForRepository(directory: string): Promise<FoundRepository> {
  // The user can have declared directories of other owners safe: to look for a repository runs nothing.
  const args = ['-c', 'safe.directory=*', 'rev-parse', '--is-inside-work-tree', '--show-cdup']
  const answer = await runGit(directory, [...args, '--absolute-git-dir', '--git-common-dir'])
  if (!answer.ok) {
    // Where git is missing, it is none when nothing looks like one.
    const isNone = !answer.reason.startsWith('fatal:') || NO_REPOSITORY.test(answer.reason)
    return isNone ? 'none' : 'unknown'
  }
  const output = answer.output.toString()
  const [isInside, up, gitDirectory, common, end, ...more] = output.split('\n')
  const isPlain = end === '' && more.length === 0 && !output.includes('\ufffd')
  if (!isPlain || gitDirectory === undefined || common === undefined) return 'unknown'
  const worktree = isInside === 'true' ? path.resolve(directory, up || '.') : null
  return { gitDirectory, commonDirectory: path.resolve(directory, common), worktree }
}

/** Any other complaint is about something that git has found and does not read. */
const NO_REPOSITORY = /^fatal: not a git repository \(or any /

/** Whether a directory contains a `.git`, whatever it is, or parts of a repository. */
async function looksLikeRepository(directory: string): Promise<boolean> {
  const [link, head, ...parts] = await identities(
    ['.git', ...STRUCTURE].map((name) => path.join(directory, name)),
  )
  return link !== NOTHING || (head !== NOTHING && parts.some((one) => one !== NOTHING))
}

/** What git looks at on its way up to the repository, and in it. */
async function identityOf(directory: string, found: FoundRepository): Promise<string> {
  const top = typeof found === 'string' ? '/' : (found.worktree ?? found.gitDirectory)
  const levels = levelsOf(directory)
  const end = levels.indexOf(top)
  const passed = end < 0 ? levels : levels.slice(0, end + 1)
  const own = typeof found === 'string' ? [] : [found.gitDirectory, found.commonDirectory]
  const files = [
    ...passed.flatMap((level) => ['.git', ...STRUCTURE].map((name) => path.join(level, name))),
    ...[...new Set([...passed.map((level) => path.join(level, '.git')), ...own])].flatMap((one) =>
      [...STRUCTURE, 'config', 'config.worktree'].map((name) => path.join(one, name)),
    ),
  ]
  return (await identities(files)).join(' ')
}

const STRUCTURE = ['HEAD', 'objects', 'refs', 'commondir']

/** A directory and all above it. */
function levelsOf(directory: string): readonly string[] {
  const parent = path.dirname(directory)
  return parent === directory ? [directory] : [directory, ...levelsOf(parent)]
}

/** Which files these are, and of regular files when they changed; of links also where they lead. */
function identities(files: readonly string[]): Promise<readonly string[]> {
  return Promise.all(
    files.map(async (file) => {
      const link = await identityWith(lstat, file)
      return link === NOTHING || !link.startsWith('link')
        ? link
        : link + (await identityWith(stat, file))
    }),
  )
}

async function identityWith(read: typeof stat, file: string): Promise<string> {
  const stats = await nullOnFailure(read(file, { bigint: true }))
  if (stats === null) return NOTHING
  const { dev, ino, mode, size, mtimeNs, ctimeNs } = stats
  // The times of a directory change with each object.
  if (stats.isDirectory()) return [dev, ino, mode].join('.')
  const kind = stats.isSymbolicLink() ? 'link' : 'file'
  return [kind, dev, ino, mode, size, mtimeNs, ctimeNs].join('.')
}

const NOTHING = '-'

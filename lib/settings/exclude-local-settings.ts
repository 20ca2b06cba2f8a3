import { constants, existsSync, mkdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { ignoreErrno } from '../fs/errno.ts'
import { atRealPath } from '../fs/real-place.ts'
import { resolvePathSync } from '../fs/resolve-path.ts'
import { askGit } from '../permissions/git/ask-git.ts'

const LINE = '.letta/settings.local.json'

/** Lines that already exclude the personal settings from git. */
const COVERING = new Set([LINE, '.letta', '.letta/', '.letta/*', '.letta/**', '*.local.json'])

/**
 * Excludes the personal settings from git: by `info/exclude` of the repository, which is not one of its files, and where git gives no
 * answer by `.gitignore`. Once, and never by writing through a planted link. True when `.gitignore` was changed, a file of the user.
 */
export async function excludeLocalSettings(directory: string): Promise<boolean> {
  const ofProject = join(directory, '.gitignore')
  if (!isInRepository(directory)) return existsSync(ofProject) && addTo(ofProject, LINE)
  if ((await askGit(directory, ['check-ignore', '--no-index', '-q', '--', LINE])) !== null)
    return false
  const exclude = await findExclude(directory)
  if (exclude === null) return addTo(ofProject, LINE)
  await addTo(exclude.path, exclude.prefix.replaceAll(/[\\*?[\]!#]/g, '\\$&') + LINE)
  return false
}

/**
 * The file, as git names it: work trees and submodules use that of their repository; and the path of the directory in the work tree,
 * from which its patterns start. Null where git fails, or where the file is behind a link.
 */
async function findExclude(
  directory: string,
): Promise<{ readonly path: string; readonly prefix: string } | null> {
  const questions = ['--git-common-dir', '--git-path', 'info', '--show-prefix']
  const answer = await askGit(directory, ['rev-parse', ...questions])
  const [common, info, prefix = ''] = String(answer ?? '').split('\n')
  if (!common || !info) return null
  const path = resolve(directory, info)
  try {
    mkdirSync(path, { recursive: true })
    const isExpected =
      resolvePathSync(path) === join(resolvePathSync(resolve(directory, common)), 'info')
    return isExpected ? { path: join(path, 'exclude'), prefix } : null
  } catch {
    return null
  }
}

const MAX_EXCLUDE_BYTES = 1_000_000

/**
 * True when the file was changed: the one that is opened here, whatever takes its place or that of its directory. A link, a special
 * file, one that may not be written and one of which the end is too far away stay as they are.
 */
async function addTo(path: string, line: string): Promise<boolean> {
  const real = join(resolvePathSync(dirname(path)), basename(path))
  const { O_RDWR, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants
  const flags = O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK
  const file = await atRealPath(real, (pinned) => open(pinned, flags, 0o666)).catch(ignoreErrno())
  if (file === null) return false
  try {
    const stats = await file.stat()
    if (!stats.isFile() || stats.size > MAX_EXCLUDE_BYTES) return false
    const text = await file.readFile('utf8')
    if (text.split(/\r?\n/).some((one) => one === line || isCovering(one))) return false
    const end = text.includes('\r\n') ? '\r\n' : '\n'
    await file.appendFile(`${text.endsWith('\n') ? '' : end}${line}${end}`)
    return true
  } finally {
    await file.close()
  }
}

function isCovering(line: string): boolean {
  return COVERING.has(line.trim().replace(/^(\*\*)?\//, ''))
}

function isInRepository(directory: string): boolean {
  if (existsSync(join(directory, '.git'))) return true
  const parent = dirname(directory)
  return parent !== directory && isInRepository(parent)
}

import { type Dirent, readdir } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { isErrno } from '../../fs/errno.ts'
import { readBounded, UnreadableFile } from '../../fs/read-bounded.ts'
import { compileGlob } from '../../permissions/rules/compile-glob.ts'

/**
 * `readdir` for a search in `folder` (`src/`, or empty) of a project, without what its ignore files keep out of sight: those
 * of every folder, of which the nearer counts before the farther, and the later line before the earlier.
 */
export async function readdirExcludingIgnored(
  directory: string,
  folder: string,
): Promise<typeof readdir> {
  const rules = new Map<string, readonly Rule[]>()
  for (const above of foldersAbove(folder)) rules.set(above, await rulesIn(join(directory, above)))
  const visible = async (path: string, entries: readonly Dirent[]): Promise<Dirent[]> => {
    const at = relative(directory, path).split(sep).join('/')
    if (entries.some(({ name }) => FILES.includes(name))) rules.set(at, await rulesIn(path))
    const chain = foldersAbove(at === '' ? '' : `${at}/`).flatMap((base) => {
      const own = rules.get(base) ?? []
      return own.length === 0 ? [] : [{ own, below: base === '' ? 0 : base.length + 1 }]
    })
    return entries.filter((entry) => {
      const whole = at === '' ? entry.name : `${at}/${entry.name}`
      const isFolder = entry.isDirectory()
      for (const { own, below } of chain.toReversed()) {
        const rule = own.findLast((one) => one.fits(whole.slice(below), entry.name, isFolder))
        if (rule !== undefined) return rule.shows
      }
      return true
    })
  }
  const reading = (
    path: string,
    options: { withFileTypes: true },
    done: (error: NodeJS.ErrnoException | null, entries: Dirent[]) => void,
  ): void => {
    readdir(path, options, (error, entries) => {
      if (error === null) void visible(path, entries).then((seen) => done(null, seen))
      else done(error, [])
    })
  }
  return reading as typeof readdir
}

const FILES: readonly string[] = ['.gitignore', '.ignore']

interface Rule {
  /** A line with `!` brings back what others hide. */
  readonly shows: boolean
  /** `path` is relative to the folder of the rule. */
  fits(path: string, name: string, isFolder: boolean): boolean
}

/** `src/lib/` → the project's root, `src`, `src/lib`. */
function foldersAbove(folder: string): readonly string[] {
  const parts = folder.split('/').filter((part) => part !== '')
  return ['', ...parts.map((_, index) => parts.slice(0, index + 1).join('/'))]
}

async function rulesIn(folder: string): Promise<readonly Rule[]> {
  const texts = await Promise.all(FILES.map((file) => textOf(join(folder, file))))
  return texts.flatMap((text) => text.split(/\r?\n/).flatMap(ruleOf))
}

const MAX_IGNORE_FILE_BYTES = 1_048_576

/** Empty where there is no such file, or something that is not read as one. */
async function textOf(path: string): Promise<string> {
  try {
    const limits = { maxBytes: MAX_IGNORE_FILE_BYTES, followSymlinks: false }
    return (await readBounded(path, limits)).bytes.toString('utf8')
  } catch (thrown) {
    if (thrown instanceof UnreadableFile || isErrno(thrown)) return ''
    throw thrown
  }
}

function ruleOf(line: string): readonly Rule[] {
  const written = line.trim()
  if (written === '' || written.startsWith('#')) return []
  const shows = written.startsWith('!')
  const pattern = shows ? written.slice(1) : written
  const isOfFolders = pattern.endsWith('/')
  const plain = pattern.replace(/\/+$/, '')
  const fits = matcherOf(plain)
  if (fits === null) return []
  return [{ shows, fits: (path, name, isFolder) => (isFolder || !isOfFolders) && fits(path, name) }]
}

/** The common ones, a name and `*.log`, need no pattern; the rest may be meant to take for ever, and so is compiled with care. */
function matcherOf(plain: string): ((path: string, name: string) => boolean) | null {
  if (!plain.includes('/')) {
    if (!SPECIAL.test(plain)) return (_, name) => name === plain
    const end = plain.slice(1)
    if (plain.startsWith('*') && !SPECIAL.test(end)) return (_, name) => name.endsWith(end)
    const fits = compileGlob(plain)
    return fits && ((_, name) => fits(name))
  }
  // `made/**` is what is in it, not the folder.
  const rooted = plain.replace(/^\//, '').replace(/\/\*\*$/, '/**/*')
  return SPECIAL.test(rooted) ? compileGlob(rooted) : (path) => path === rooted
}

const SPECIAL = /[*?[\]{}\\]/

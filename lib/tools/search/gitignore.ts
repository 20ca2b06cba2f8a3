import { type Dirent, readdir } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { Ignore } from 'ignore'
import { isErrno } from '../../fs/errno.ts'
import { readBounded, UnreadableFile } from '../../fs/read-bounded.ts'

export const IGNORE_FILES: readonly string[] = ['.gitignore', '.ignore']

/**
 * `readdir` for a search in a directory of a project (`src/`, or empty), without what the ignore files of the project exclude.
 * A file in a deeper directory overrides one above it, and `.ignore` overrides `.gitignore`. When the directory is itself ignored,
 * the user has typed its name: then only the ignore files in it apply.
 */
export async function readdirExcludingIgnored(
  directory: string,
  below: string,
): Promise<typeof readdir> {
  const rules = new IgnoreRules(directory)
  const start = below.split('/').filter((part) => part !== '')
  for (const [index] of ['', ...start].entries()) {
    const at = start.slice(0, index).join('/')
    if (at !== '' && rules.areIgnoring(`${at}/`)) rules.clear()
    await rules.load(at)
  }
  const visible = async (path: string, entries: readonly Dirent[]): Promise<Dirent[]> => {
    const at = relative(directory, path).split(sep).join('/')
    if (entries.some(({ name }) => IGNORE_FILES.includes(name))) await rules.load(at)
    return entries.filter((entry) => {
      const name = entry.isDirectory() ? `${entry.name}/` : entry.name
      return !rules.areIgnoring(at === '' ? name : `${at}/${name}`)
    })
  }
  const filtered = (
    path: string,
    options: { withFileTypes: true },
    done: (error: NodeJS.ErrnoException | null, entries: Dirent[]) => void,
  ): void => {
    readdir(path, options, (error, entries) => {
      if (error !== null) return done(error, [])
      visible(path, entries).then(
        (shown) => done(null, shown),
        (thrown) => done(thrown, []),
      )
    })
  }
  return filtered as typeof readdir
}

/** Whether the ignore files of a directory and of those on the way exclude a directory below it, or all that is in it. */
export async function isDirectoryIgnored(root: string, directory: string): Promise<boolean> {
  const rules = new IgnoreRules(root)
  const parts = relative(root, directory)
    .split(sep)
    .filter((part) => part !== '')
  for (const index of parts.keys()) {
    await rules.load(parts.slice(0, index).join('/'))
    const at = parts.slice(0, index + 1).join('/')
    // `gen/**` excludes the content, but not the directory.
    if (rules.areIgnoring(`${at}/`) || rules.areIgnoring(`${at}/${ANY_NAME}`)) return true
  }
  return false
}

/** A name that only a pattern for every name matches. */
const ANY_NAME = '\u0001'

/** The loaded ignore files of a project. Paths are relative to it; those of directories end with a slash. */
export class IgnoreRules {
  readonly #directory: string
  readonly #byDirectory = new Map<string, Ignore>()

  constructor(directory: string) {
    this.#directory = directory
  }

  /** `before`: patterns that those of the files override. */
  async load(at: string, before = ''): Promise<void> {
    const paths = IGNORE_FILES.map((name) => join(this.#directory, at, name))
    const texts = [before, ...(await Promise.all(paths.map(readIgnoreFile)))]
    if (texts.every((text) => text === '')) return
    const { default: ignore } = await import('ignore')
    this.#byDirectory.set(at, ignore({ ignorecase: false }).add(texts.join('\n')))
  }

  clear(): void {
    this.#byDirectory.clear()
  }

  areIgnoring(path: string): boolean {
    const parts = path.replace(/\/$/, '').split('/')
    for (let depth = parts.length - 1; depth >= 0; depth--) {
      const at = parts.slice(0, depth).join('/')
      const result = this.#byDirectory.get(at)?.test(at === '' ? path : path.slice(at.length + 1))
      if (result?.ignored) return true
      if (result?.unignored) return false
    }
    return false
  }
}

const MAX_IGNORE_FILE_BYTES = 1_048_576

/** Empty when the file does not exist or is not a readable regular file. */
async function readIgnoreFile(path: string): Promise<string> {
  try {
    const limits = { maxBytes: MAX_IGNORE_FILE_BYTES, followSymlinks: false }
    // git passes over a byte order mark.
    return (await readBounded(path, limits)).bytes.toString('utf8').replace(/^\uFEFF/, '')
  } catch (thrown) {
    if (thrown instanceof UnreadableFile || isErrno(thrown)) return ''
    throw thrown
  }
}

import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { isErrno } from '../../lib/fs/errno.ts'
import { packageRoot } from '../../lib/fs/package-root.ts'
import { decodeUtf8, readBounded } from '../../lib/fs/read-bounded.ts'
import { messageOf } from '../../lib/util/user-error.ts'
import {
  type ConfigKind,
  configFileNotFound,
  configFileUnreadable,
} from '../messages/config-files.ts'
import { DEFAULT_NAMES } from './inheritance.ts'

interface ConfigFile {
  /** The JSON of the file, of one that it inherits from, or of the default; undefined when there is none. */
  read(name: string): unknown
  readonly problems: readonly string[]
}

export interface ConfigFileName {
  readonly name: string
  /** In the user's directory; it replaces a shipped file with the same name. */
  readonly own: boolean
}

/** The keymaps or themes that can be chosen: the shipped ones, then the user's. */
export async function listConfigFiles(
  kind: ConfigKind,
  lettaDirectory: string,
): Promise<readonly ConfigFileName[]> {
  const [own, all] = await Promise.all([
    namesIn(path.join(lettaDirectory, kind)),
    namesIn(path.join(packageRoot(), kind)),
  ])
  const shipped = all.filter((name) => !own.includes(name))
  return [
    ...shipped.map((name) => ({ name, own: false })),
    ...own.map((name) => ({ name, own: true })),
  ]
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    const files = await readdir(directory)
    return files
      .flatMap((file) => (/^[\w-]+\.json$/.test(file) ? [file.slice(0, -'.json'.length)] : []))
      .sort()
  } catch (thrown) {
    if (isErrno(thrown)) return []
    throw thrown
  }
}

/** Reads a theme or keymap with all that it inherits from: the user's files before the shipped ones. */
export async function loadConfigFile(
  kind: ConfigKind,
  name: string,
  lettaDirectory: string,
): Promise<ConfigFile> {
  const problems: string[] = []
  const files = new Map<string, unknown>()
  const directories = [path.join(lettaDirectory, kind), path.join(packageRoot(), kind)]
  let next: unknown = name
  while (typeof next === 'string' && !files.has(next)) {
    const json: unknown = await readJson(directories, next, problems)
    files.set(next, json)
    next = Object(json).inherits
  }
  if (files.get(name) === undefined && problems.length === 0) {
    problems.push(configFileNotFound(kind, name))
  }
  const fallback = DEFAULT_NAMES[kind]
  if (!files.has(fallback)) files.set(fallback, await readJson(directories.slice(1), fallback, []))
  return { problems, read: (wanted) => files.get(wanted) }
}

const MAX_FILE_BYTES = 1_048_576

async function readJson(
  directories: readonly string[],
  name: string,
  problems: string[],
): Promise<unknown> {
  if (!/^[\w-]+$/.test(name)) return undefined
  for (const directory of directories) {
    const file = path.join(directory, `${name}.json`)
    try {
      const { bytes } = await readBounded(file, { maxBytes: MAX_FILE_BYTES })
      return JSON.parse(decodeUtf8(bytes))
    } catch (thrown) {
      if (isErrno(thrown, 'ENOENT')) continue
      problems.push(configFileUnreadable(file, messageOf(thrown)))
      return undefined
    }
  }
  return undefined
}

import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { packageRoot } from '../../lib/fs/package-root.ts'
import { decodeUtf8, readBoundedSync } from '../../lib/fs/read-bounded.ts'
import { messageOf } from '../../lib/util/user-error.ts'

/** JSON files that are shipped with the program and may be added to, or replaced, in the user's folder. */
export interface UserFiles {
  /** The JSON of a named file, the user's before ours; undefined when there is none. */
  read(name: string): unknown
  readonly problems: readonly string[]
}

export interface FileName {
  readonly name: string
  /** In the user's folder; replaces one of ours with the same name. */
  readonly own: boolean
}

/** What there is to choose from: ours, then the user's. */
export function fileNames(kind: 'keymaps' | 'themes', lettaFolder: string): readonly FileName[] {
  const own = namesIn(path.join(lettaFolder, kind))
  const shipped = namesIn(path.join(packageRoot(), kind)).filter((name) => !own.includes(name))
  return [
    ...shipped.map((name) => ({ name, own: false })),
    ...own.map((name) => ({ name, own: true })),
  ]
}

function namesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .flatMap((file) => (/^[\w-]+\.json$/.test(file) ? [file.slice(0, -'.json'.length)] : []))
    .sort()
}

/** `kind` is the folder: `keymaps` or `themes`, here and under the user's `lettaFolder`. */
export function userFiles(kind: 'keymaps' | 'themes', lettaFolder: string): UserFiles {
  const problems: string[] = []
  const folders = [path.join(lettaFolder, kind), path.join(packageRoot(), kind)]
  return {
    problems,
    read(name) {
      if (!/^[\w-]+$/.test(name)) {
        problems.push(`"${name}" is no name of a file in ${kind}`)
        return undefined
      }
      const file = folders.map((folder) => path.join(folder, `${name}.json`)).find(existsSync)
      if (file === undefined) {
        problems.push(`${kind}: there is no "${name}"`)
        return undefined
      }
      return parsed(file, problems)
    },
  }
}

const MAX_FILE_BYTES = 1_048_576

function parsed(file: string, problems: string[]): unknown {
  try {
    return JSON.parse(decodeUtf8(readBoundedSync(file, { maxBytes: MAX_FILE_BYTES }).bytes))
  } catch (thrown) {
    problems.push(`${file}: ${messageOf(thrown)}`)
    return undefined
  }
}

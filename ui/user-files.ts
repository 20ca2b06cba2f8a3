import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { packageRoot } from '../lib/package-root.ts'
import { messageOf } from '../lib/problem.ts'

/** JSON files that are shipped with the program and may be added to, or replaced, in the user's folder. */
export interface UserFiles {
  /** The JSON of a named file, the user's before ours; undefined when there is none. */
  read(name: string): unknown
  readonly problems: readonly string[]
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

function parsed(file: string, problems: string[]): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (thrown) {
    problems.push(`${file}: ${messageOf(thrown)}`)
    return undefined
  }
}

import { opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { IGNORE_FILES, IgnoreRules } from '../search/gitignore.ts'
import { PROGRAM_DIRECTORIES } from '../search/program-directories.ts'

/**
 * The files and links below a directory that its ignore files do not exclude, by their relative names; null when there are more than
 * `most`. `isSkipped`: directories that are left out.
 */
export async function walkFiles(
  directory: string,
  most: number,
  isSkipped: (path: string) => boolean,
): Promise<readonly string[] | null> {
  const rules = new IgnoreRules(directory)
  const names: string[] = []
  const directories = ['']
  for (let at = 0; at < directories.length; at++) {
    const current = directories[at] ?? ''
    // One that cannot be read contains nothing that a command of this user could change.
    const opened = await opendir(join(directory, current)).catch(() => null)
    if (opened === null) continue
    const found: (readonly [name: string, isDirectory: boolean])[] = []
    let hasRules = false
    for await (const entry of opened) {
      const name = join(current, entry.name)
      if (IGNORE_FILES.includes(entry.name)) hasRules = true
      if (entry.isDirectory()) {
        const isLeftOut = PROGRAM_DIRECTORIES.has(entry.name) || isSkipped(join(directory, name))
        if (!isLeftOut) found.push([name, true])
      } else if (entry.isFile() || entry.isSymbolicLink()) found.push([name, false])
      if (names.length + directories.length + found.length > most * IGNORED_FACTOR) return null
    }
    if (hasRules) await rules.load(current)
    for (const [name, isDirectory] of found) {
      if (rules.areIgnoring(isDirectory ? `${name}/` : name)) continue
      if (isDirectory) directories.push(name)
      else names.push(name)
    }
    if (names.length + directories.length > most) return null
  }
  return names
}

/** How many times as many names as are wanted are looked at. */
const IGNORED_FACTOR = 4

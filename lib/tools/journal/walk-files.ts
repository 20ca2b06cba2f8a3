import { opendir } from 'node:fs/promises'
import { join } from 'node:path'

/** Written by programs, with more files than those of a person. */
const PROGRAM_DIRECTORIES: ReadonlySet<string> = new Set([
  '.cache',
  '.git',
  '.hg',
  '.svn',
  '.venv',
  '__pycache__',
  'node_modules',
])

/**
 * The files and links below a directory, by their relative names; null when there are more than `most`. `isSkipped`: directories that
 * are left out.
 */
export async function walkFiles(
  directory: string,
  most: number,
  isSkipped: (path: string) => boolean,
): Promise<readonly string[] | null> {
  const names: string[] = []
  const directories = ['']
  for (let at = 0; at < directories.length; at++) {
    const current = directories[at] ?? ''
    // One that cannot be read contains nothing that a command of this user could change.
    const opened = await opendir(join(directory, current)).catch(() => null)
    if (opened === null) continue
    for await (const entry of opened) {
      const name = join(current, entry.name)
      if (entry.isDirectory()) {
        const isLeftOut = PROGRAM_DIRECTORIES.has(entry.name) || isSkipped(join(directory, name))
        if (!isLeftOut) directories.push(name)
      } else if (entry.isFile() || entry.isSymbolicLink()) names.push(name)
      if (names.length + directories.length > most) return null
    }
  }
  return names
}

import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

let root: string | null = null

/** The directory of package.json: the same from source and from the built `dist/`. */
export function packageRoot(): string {
  root ??= findRoot(path.dirname(fileURLToPath(import.meta.url)))
  return root
}

/** A text file that is shipped with the program, by its path from the package's root. */
export function readShipped(file: string): string {
  return readFileSync(path.join(packageRoot(), file), 'utf8')
}

function findRoot(directory: string): string {
  if (existsSync(path.join(directory, 'package.json'))) return directory
  const parent = path.dirname(directory)
  if (parent === directory) throw new Error('package.json of the program is missing.')
  return findRoot(parent)
}

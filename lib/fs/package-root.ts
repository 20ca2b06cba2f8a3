import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

let root: string | null = null

/** The folder of our package.json: the same from source and from the built `dist/`. */
export function packageRoot(): string {
  root ??= findRoot(path.dirname(fileURLToPath(import.meta.url)))
  return root
}

/** A text file that is shipped with the program, by its path from the package's root. */
export function readShipped(file: string): string {
  return readFileSync(path.join(packageRoot(), file), 'utf8')
}

function findRoot(folder: string): string {
  if (existsSync(path.join(folder, 'package.json'))) return folder
  const parent = path.dirname(folder)
  if (parent === folder) throw new Error('package.json is missing beside the program.')
  return findRoot(parent)
}

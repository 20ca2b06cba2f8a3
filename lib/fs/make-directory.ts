import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { isErrno } from './errno.ts'

/** One after the other: in `/proc`, Node tries the recursive `mkdir` for ever. */
export function makeDirectorySync(directory: string, options: { readonly mode?: number }): void {
  try {
    mkdirSync(directory, options)
  } catch (thrown) {
    if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true) return
    const parent = dirname(directory)
    if (!isErrno(thrown, 'ENOENT') || existsSync(parent)) throw thrown
    makeDirectorySync(parent, options)
    makeDirectorySync(directory, options)
  }
}

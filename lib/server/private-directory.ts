import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'

/**
 * Creates a directory that only the user can enter, and those above it. `recursive` is not used: where the system refuses
 * to create directories, as in /proc, it never returns in Node 20.
 */
export function createPrivateDirectory(directory: string): void {
  if (existsSync(directory)) return
  createPrivateDirectory(path.dirname(directory))
  try {
    mkdirSync(directory, { mode: 0o700 })
  } catch (thrown) {
    // Another process that is starting may have created it.
    if (!existsSync(directory)) throw thrown
  }
}

import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'

/**
 * Makes a folder for the user alone, and those above it. Not by `recursive`: where the system makes no folders, as in
 * /proc, Node 20 tries for ever.
 */
export function createPrivateDirectory(folder: string): void {
  if (existsSync(folder)) return
  createPrivateDirectory(path.dirname(folder))
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (thrown) {
    // Another letta that starts may have been first.
    if (!existsSync(folder)) throw thrown
  }
}

import { realpathSync } from 'node:fs'
import path from 'node:path'

/** An absolute path with the symlinks of its longest existing part followed; the rest need not exist. Never throws. */
export function resolvePath(wanted: string): string {
  const absolute = path.resolve(wanted)
  let existing = absolute
  for (;;) {
    try {
      return path.join(realpathSync.native(existing), path.relative(existing, absolute))
    } catch {
      // Missing, or not ours to look at: what lies above it may be resolved all the same.
      const parent = path.dirname(existing)
      if (parent === existing) return absolute
      existing = parent
    }
  }
}

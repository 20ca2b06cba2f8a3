import { readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import path from 'node:path'

/**
 * An absolute path with the symlinks of its longest existing part followed, `..` applied after them, as the kernel
 * does it. The rest need not exist; a link to nowhere counts as the place it points to. Never throws.
 */
export function resolvePath(wanted: string): string {
  const absolute = wanted.startsWith('/') ? wanted : path.resolve(wanted)
  return absolute.length > LONGEST ? path.normalize(absolute) : follow(absolute, MOST_LINKS)
}

/** No system opens a longer one. */
const LONGEST = 8_192

/** More links than this are a loop, which nothing can open. */
const MOST_LINKS = 40

function follow(wanted: string, links: number): string {
  const missing: string[] = []
  let existing = wanted.replace(/\/+$/, '') || '/'
  for (;;) {
    const real = attempt(() => realpathSync.native(existing))
    if (real !== null) return joinBelow(real, missing)
    const target = links > 0 ? attempt(() => readlinkSync(existing)) : null
    const above = parentOf(existing)
    if (target !== null) {
      const from = target.startsWith('/') ? target : `${above}/${target}`
      return joinBelow(follow(from, links - 1), missing)
    }
    if (above === existing) return path.normalize(wanted)
    missing.unshift(lastOf(existing))
    existing = above
  }
}

function joinBelow(real: string, missing: readonly string[]): string {
  const joined = path.join(real, ...missing)
  return joined.length > 1 && joined.endsWith('/') ? joined.slice(0, -1) : joined
}

function parentOf(file: string): string {
  const trimmed = file.replace(/\/+$/, '')
  const cut = trimmed.lastIndexOf('/')
  return cut <= 0 ? '/' : trimmed.slice(0, cut)
}

function lastOf(file: string): string {
  const trimmed = file.replace(/\/+$/, '')
  return trimmed.slice(trimmed.lastIndexOf('/') + 1)
}

/** The names in a folder, none when there is no such folder; null when it can't be read or holds a crowd. */
export function listDirectory(directory: string): readonly string[] | null {
  if (attempt(() => statSync(directory))?.isDirectory() !== true) return []
  const names = attempt(() => readdirSync(directory))
  return names === null || names.length > MOST_NAMES ? null : names
}

const MOST_NAMES = 2_000

/** Missing, forbidden, or no path at all (a NUL in it): for judging, it is simply not there. */
export function attempt<Value>(look: () => Value): Value | null {
  try {
    return look()
  } catch {
    return null
  }
}

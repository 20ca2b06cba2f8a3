import type { FsView } from '../../facts/facts.ts'
import { compileGlob, unescapeGlob } from '../../rules/compile-glob.ts'

/**
 * The files that a shell pattern matches in a directory; null when they cannot be known. A pattern without matches is
 * a literal, as in the shell.
 */
export function expandGlob(
  glob: string,
  directory: string,
  view: FsView,
): readonly string[] | null {
  const key = JSON.stringify([directory, glob])
  const before = view.expansions.get(key)
  if (before !== undefined) return before
  const files = findFiles(glob, directory, view)
  view.expansions.set(key, files)
  return files
}

function findFiles(glob: string, directory: string, view: FsView): readonly string[] | null {
  const parts = glob.split('/')
  if (parts.length > MAX_PARTS) return null
  let found: readonly string[] = [glob.startsWith('/') ? '/' : directory]
  for (const part of parts) {
    if (part === '') continue
    const next: string[] = []
    for (const parent of found) {
      const names = isWild(part) ? matchNames(view.listNames(parent), part) : [unescapeGlob(part)]
      if (names === null) return null
      for (const name of names) next.push(parent === '/' ? `/${name}` : `${parent}/${name}`)
      if (next.length > MAX_MATCHES) return null
    }
    found = next
  }
  const literal = unescapeGlob(glob)
  return found.length > 0 ? found : [literal.startsWith('/') ? literal : `${directory}/${literal}`]
}

const MAX_MATCHES = 500

/** More than anyone writes: for each wildcard among them, the directories that match so far are read. */
const MAX_PARTS = 50

function isWild(part: string): boolean {
  return /(?<!\\)[*?[]/.test(part)
}

function matchNames(names: readonly string[] | null, part: string): readonly string[] | null {
  // An unreadable directory matches nothing in the shell either, but one with too many names cannot be known.
  if (names === null) return null
  const isMatch = compileGlob(part.replace(/\*+/g, '*'))
  if (isMatch === null) return null
  return [...names, '.', '..'].filter(
    (name) => isMatch(name) && (part.startsWith('.') || !name.startsWith('.')),
  )
}

import { listFolder } from '../../paths/resolve-path.ts'
import { compileGlob } from '../../rules/compile-glob.ts'

/**
 * The files that a pattern of the shell stands for, seen from a folder; null when there is no telling. A pattern that
 * fits nothing stands for itself, as in the shell.
 */
export function expandGlob(glob: string, folder: string): readonly string[] | null {
  const parts = glob.split('/')
  let found: readonly string[] = [glob.startsWith('/') ? '/' : folder]
  for (const part of parts) {
    if (part === '') continue
    const next: string[] = []
    for (const place of found) {
      const names = isWild(part) ? namesIn(place, part) : [unquoted(part)]
      if (names === null) return null
      for (const name of names) next.push(place === '/' ? `/${name}` : `${place}/${name}`)
      if (next.length > MOST) return null
    }
    found = next
  }
  const literal = unquoted(glob)
  return found.length > 0 ? found : [literal.startsWith('/') ? literal : `${folder}/${literal}`]
}

const MOST = 500

function isWild(part: string): boolean {
  return /(?<!\\)[*?[]/.test(part)
}

function namesIn(folder: string, part: string): readonly string[] | null {
  const names = listFolder(folder)
  // What can't be listed here can't be matched by the shell either, but a crowd must not be guessed at.
  if (names === null) return null
  const isMatch = compileGlob(part.replace(/\*+/g, '*'))
  if (isMatch === null) return null
  return [...names, '.', '..'].filter(
    (name) => isMatch(name) && (part.startsWith('.') || !name.startsWith('.')),
  )
}

function unquoted(part: string): string {
  return part.replace(/\\(.)/gs, '$1')
}

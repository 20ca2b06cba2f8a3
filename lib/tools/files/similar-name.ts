import { readdirSync } from 'node:fs'
import { dirname, join, parse, relative, sep } from 'node:path'
import { isErrno } from '../../fs/errno.ts'
import { foldName } from './twin-characters.ts'

/**
 * The existing path whose names differ from the given one only in their Unicode form or in the kind of their spaces, as in names of
 * screenshots on macOS; null when there is none, or more than one.
 */
export function findSimilarPath(path: string): string | null {
  const { root } = parse(path)
  let found = root
  for (const name of relative(root, path).split(sep)) {
    const names = namesIn(found)
    const same = names.includes(name)
      ? [name]
      : names.filter((one) => foldName(one) === foldName(name))
    const [only, ...more] = same
    if (only === undefined || more.length > 0) return null
    found = join(found, only)
  }
  return found === path ? null : found
}

/** The file next to a new one whose name looks the same. */
export function findTwin(path: string): string | null {
  const similar = findSimilarPath(path)
  return similar === null || dirname(similar) !== dirname(path) ? null : similar
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch (thrown) {
    if (!isErrno(thrown)) throw thrown
    return []
  }
}

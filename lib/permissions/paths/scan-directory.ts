import { foldPath } from '../../fs/fold-path.ts'
import { isInside } from '../../fs/is-inside.ts'
import type { FsView } from '../facts/facts.ts'
import { createDenyMatcher, literalBaseOf } from '../rules/path-rule.ts'

interface ScanOptions {
  readonly view: FsView
  readonly ifMissing: boolean
  /** Of the files that are there, those that count. */
  readonly isSearched?: (file: string) => boolean
}

/**
 * Whether a directory (a resolved path) contains a file that one of these rules matches; true as well when it contains
 * too much to check.
 */
export function containsMatch(
  payloads: readonly string[],
  directory: string,
  { view, ifMissing, isSearched = () => true }: ScanOptions,
): boolean {
  const bases = payloads.map((payload) => literalBaseOf(payload, view))
  const place = foldPath(directory)
  const reaching = payloads.filter((_, at) => {
    const base = foldPath(bases[at] ?? '/')
    return isInside(base, place) || isInside(place, base)
  })
  if (reaching.length === 0) return false
  const matchers = reaching.map((payload) => createDenyMatcher(payload, view))
  const isMatched = (file: string): boolean =>
    matchers.some((match) => match({ requested: file, resolved: file }) !== 'none') &&
    isSearched(file)
  const tree = view.listTree(directory, bases)
  if (tree.type === 'missing') return ifMissing
  if (tree.type === 'file') return isMatched(directory)
  return !tree.isComplete || tree.paths.some(isMatched)
}

import path from 'node:path'
import { foldPath } from '../../fs/fold-path.ts'
import type { FsView } from '../facts/facts.ts'
import { compileGlob } from '../rules/compile-glob.ts'

/**
 * Whether a search of a directory that leaves out hidden files could show a file: it has no hidden name below the directory, or a
 * pattern of the search, or of an ignore file (`!.env`), names it as one to search. Of a pattern, the last name counts.
 */
export function isSearched(
  file: string,
  directory: string,
  { view, patterns }: { readonly view: FsView; readonly patterns: readonly string[] },
): boolean {
  const names = path.relative(directory, file).split('/')
  const hidden = names.filter((name) => /^\.(?!\.?$)/.test(name))
  if (hidden.length === 0) return true
  const all = [...patterns, ...view.listUnhidden(path.dirname(file))]
  return hidden.every((name) => all.some((pattern) => couldName(pattern, name)))
}

function couldName(pattern: string, name: string): boolean {
  if (!PLAIN.test(pattern)) return true
  const last = pattern.replace(/\/+$/, '').split('/').at(-1) ?? ''
  const isMatch = compileGlob(foldPath(last))
  return isMatch === null || isMatch(foldPath(name))
}

/** Programs read sets, escapes and blanks differently, and a slash in brackets. */
const PLAIN = /^([\w.*?/-]+|[\w.*?{},-]+)$/

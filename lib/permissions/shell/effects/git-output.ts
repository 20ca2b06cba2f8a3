import path from 'node:path'
import { isThere } from '../../git/git-repository.ts'
import type { Shown } from '../../git/tracked-files.ts'
import { plainValue } from '../parse/word.ts'
import { type GitLook, readGit } from '../tables/git.ts'
import type { SimpleCommand } from '../types.ts'
import { filesOf, knownName } from './read-access.ts'

/** Lines of which files a look shows, in each of the folders where it may work. */
export function shownBy(look: GitLook, folders: readonly string[]): readonly Shown[] {
  return look.shows === null
    ? []
    : folders.map((folder) => ({ folder, places: placesOf(look, folder) }))
}

/** The same of any command, as far as it is known what it does. */
export function shownByGit({ words, folders }: SimpleCommand): readonly Shown[] {
  const look = knownName(words[0]) === 'git' ? readGit(words.slice(1)) : null
  if (look === null) return []
  const within = look.folders.reduce<readonly string[]>(
    (from, word) => from.flatMap((folder) => filesOf(word, folder) ?? []),
    folders ?? [],
  )
  return shownBy(look, within)
}

/** Null where no operand names a file that is there; what `HEAD:a.ts` names is judged by its name. */
function placesOf({ shows, operands }: GitLook, folder: string): readonly string[] | null {
  if (shows === 'all') return null
  const unnamed = operands.filter((word) => !/^[^:]+:./.test(plainValue(word) ?? ''))
  if (unnamed.length === 0 && operands.length > 0) return []
  const places = unnamed.flatMap((word) => filesOf(word, folder) ?? [])
  const found = places.map((place) => path.resolve(place)).filter(isThere)
  return found.length === 0 ? null : found
}

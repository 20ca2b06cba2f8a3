import path from 'node:path'
import type { FsView } from '../../facts/facts.ts'
import type { ShownFiles } from '../../git/tracked-files.ts'
import { plainValue } from '../parse/word.ts'
import { type GitReadCommand, parseGitCommand } from '../tables/git.ts'
import type { SimpleCommand } from '../types.ts'
import { pathsOf, systemProgram } from './read-access.ts'

/** The files whose content a git command shows, in each directory where it can run. */
export function listShownFiles(
  command: GitReadCommand,
  directories: readonly string[],
  view: FsView,
): readonly ShownFiles[] {
  return command.shows === null
    ? []
    : directories.map((directory) => {
        const paths = existingOperands(command, directory, view)
        const { shows, isHistory, operands } = command
        const showsCommits =
          paths === null && shows === 'named' && (isHistory || operands.length > 0)
        const isAny = shows === 'history' && paths === null
        return { directory, paths, isHistory: isAny || showsCommits }
      })
}

/** The same for any command that is a known git command. */
export function filesShownByGit(
  { words, directories }: SimpleCommand,
  view: FsView,
): readonly ShownFiles[] {
  const command = systemProgram(words[0]) === 'git' ? parseGitCommand(words) : null
  if (command === null) return []
  const within = command.directories.reduce<readonly string[]>(
    (from, word) => from.flatMap((directory) => pathsOf(word, directory, view) ?? []),
    directories ?? [],
  )
  return listShownFiles(command, within, view)
}

/** Null when no operand names an existing file. Files named like `HEAD:a.ts` are checked by name. */
function existingOperands(
  { shows, operands }: GitReadCommand,
  directory: string,
  view: FsView,
): readonly string[] | null {
  if (shows === 'all') return null
  const unnamed = operands.filter((word) => !/^[^:]+:./.test(plainValue(word) ?? ''))
  if (unnamed.length === 0 && operands.length > 0) return []
  if (shows === 'history') return null
  const paths = unnamed.flatMap((word) => pathsOf(word, directory, view) ?? [])
  const found = paths.map((file) => path.resolve(file)).filter((file) => view.exists(file))
  return found.length === 0 ? null : found
}

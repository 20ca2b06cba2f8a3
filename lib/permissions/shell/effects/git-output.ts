import path from 'node:path'
import type { FsView } from '../../facts/facts.ts'
import type { ShownFiles } from '../../git/tracked-files.ts'
import { plainValue, type ShellWord } from '../parse/word.ts'
import { type GitReadCommand, parseGitCommand } from '../tables/git.ts'
import { skipGitOptions } from '../tables/git-options.ts'
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
  if (systemProgram(words[0]) !== 'git') return []
  const command = parseGitCommand(words) ?? UNKNOWN_COMMAND
  const { directories: entered, subcommand } = skipGitOptions(words)
  if (command === UNKNOWN_COMMAND && showsNothing(words.slice(subcommand))) return []
  const within = entered.reduce<readonly string[]>(
    (from, word) => from.flatMap((directory) => pathsOf(word, directory, view) ?? []),
    directories ?? [],
  )
  return listShownFiles(command, within, view)
}

/** What is not known to read only, or not to show content, could show everything. */
const UNKNOWN_COMMAND: GitReadCommand = {
  directories: [],
  operands: [],
  files: [],
  texts: [],
  shows: 'history',
  isHistory: true,
}

/** Subcommands that change something and show no content, unless they are asked for differences. */
function showsNothing([name, ...args]: readonly ShellWord[]): boolean {
  const isAsked = args.some(({ values }) => values.some((value) => DIFFERENCE_OPTION.test(value)))
  const [action = ''] = args.flatMap(({ values }) => values)
  if (name?.values.at(0) === 'stash') return !isAsked && action !== 'show'
  return SILENT_SUBCOMMANDS.has(plainValue(name) ?? '') && !isAsked
}

const DIFFERENCE_OPTION = /^(-[a-zA-Z]*p|--(patch|dry-run|show-current-patch|batch|textconv))/

const SILENT_SUBCOMMANDS = new Set(
  `add commit push pull fetch checkout switch merge rebase reset restore rm mv branch tag remote config init clone clean
  gc fsck prune cherry-pick revert worktree submodule bisect notes update-index update-ref symbolic-ref pack-refs
  repack maintenance status ls-remote ls-files ls-tree rev-parse sparse-checkout lfs help version`.split(
    /\s+/,
  ),
)

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
  // `:(top)` is a pattern, also where a wildcard matches a file of that name.
  if (unnamed.some((word) => namesPattern(word, directory, view))) return null
  const paths = unnamed.flatMap((word) => pathsOf(word, directory, view) ?? [])
  const found = paths.map((file) => path.resolve(file)).filter((file) => view.exists(file))
  return found.length === 0 ? null : found
}

function namesPattern(word: ShellWord, directory: string, view: FsView): boolean {
  const { values, glob } = word
  const names = glob === null ? values : (pathsOf(word, directory, view) ?? [])
  return names.some((name) => name.replace(`${directory}/`, '').startsWith(':'))
}

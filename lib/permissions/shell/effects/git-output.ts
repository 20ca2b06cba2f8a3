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
    : directories.map((directory) => ({ directory, ...shownIn(command, directory, view) }))
}

function shownIn(
  command: GitReadCommand,
  directory: string,
  view: FsView,
): Pick<ShownFiles, 'paths' | 'isHistory'> {
  const { shows, isHistory, showsOthers, operands, revisions } = command
  if (showsOthers) return { paths: null, isHistory: true }
  const values = operands.flatMap((word) => plainValue(word) ?? [])
  const isAmbiguous = values.some((value) => OBJECT_RANGE.test(value))
  if (isAmbiguous) return { paths: null, isHistory: true }
  if (shows === 'all') {
    const patterns = command.texts.length + command.files.length > 0 ? 0 : 1
    const others = operands.slice(patterns)
    const areFiles = others.every((word) => areExisting(word, directory, view))
    const searchesCommits = isHistory || !areFiles || (revisions ?? 0) > patterns
    return { paths: null, isHistory: searchesCommits }
  }
  const objects = operands.filter(isObjectName)
  const named = objects.flatMap((word) => objectPaths(word, directory, view))
  const unnamed = operands.filter((word) => !isObjectName(word))
  if (shows === 'history') {
    const areNamed = unnamed.length === 0 && objects.length > 0
    return { paths: areNamed ? named : null, isHistory: true }
  }
  if (unnamed.length === 0 && objects.length > 0 && !isHistory) {
    return { paths: named, isHistory: true }
  }
  const limits = findLimits(command, directory, view)
  if (limits === null) return { paths: null, isHistory: isHistory || operands.length > 0 }
  // What could be both makes git fail without `--`.
  const namesCommits =
    revisions === null
      ? !operands.every((word) => areExisting(word, directory, view))
      : revisions > 0
  const showsCommits = isHistory || namesCommits
  return { paths: [...limits, ...named], isHistory: showsCommits }
}

/** `HEAD:a..HEAD:b`: which part of it is a name is not known. */
const OBJECT_RANGE = /:.*((?<![:/])\.\.|\.\.(?!\/|$))|\.\..*:/

/** `HEAD:src/a.ts`, or a tree. */
function isObjectName(word: ShellWord): boolean {
  return /^[^:]+:/.test(plainValue(word) ?? '')
}

/** What `REV:path` can name: relative to the top of the work tree, or from the directory when it begins with a dot. */
export function objectPaths(word: ShellWord, directory: string, view: FsView): readonly string[] {
  const value = plainValue(word) ?? ''
  const top = view.findGitTop(view.resolve(directory)) ?? directory
  // A revision can contain colons, too.
  return [...value.matchAll(/:/g)].map(({ index }) => {
    const name = value.slice(index + 1)
    return path.resolve(/^\.\.?(\/|$)/.test(name) ? directory : top, name)
  })
}

function areExisting(word: ShellWord, directory: string, view: FsView): boolean {
  const paths = pathsOf(word, directory, view) ?? []
  return paths.length > 0 && paths.every((file) => view.exists(path.resolve(file)))
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
  showsOthers: true,
  revisions: null,
}

/** Subcommands that change something and show no content, unless they are asked for differences. */
function showsNothing([name, ...args]: readonly ShellWord[]): boolean {
  const option = /^(status|commit)$/.test(name?.values.at(0) ?? '')
    ? VERBOSE_DIFFERENCE
    : DIFFERENCE_OPTION
  const isAsked = args.some(({ values }) => values.some((value) => option.test(value)))
  const [action = ''] = args.flatMap(({ values }) => values)
  if (name?.values.at(0) === 'stash') return !isAsked && action !== 'show'
  return SILENT_SUBCOMMANDS.has(plainValue(name) ?? '') && !isAsked
}

/** Git accepts abbreviations. */
const DIFFERENCE_OPTION = /^(-[a-zA-Z]*p|--(pat|dr|show-c|bat|text))/

const VERBOSE_DIFFERENCE = /^(-[a-zA-Z]*[pv]|--(pat|dr|v))/

const SILENT_SUBCOMMANDS = new Set(
  `add commit push pull fetch checkout switch merge rebase reset restore rm mv branch tag remote config init clone clean
  gc fsck prune cherry-pick revert worktree submodule bisect notes update-index update-ref symbolic-ref pack-refs
  repack maintenance status ls-remote ls-files ls-tree rev-parse sparse-checkout lfs help version`.split(
    /\s+/,
  ),
)

/** The files and directories that limit what is shown; null when nothing limits it. */
function findLimits(
  { operands, revisions }: GitReadCommand,
  directory: string,
  view: FsView,
): readonly string[] | null {
  const unnamed = operands
    .slice(revisions ?? 0)
    .filter((word) => revisions !== null || !isObjectName(word))
  if (unnamed.some((word) => namesPattern(word, directory, view))) return null
  const paths = unnamed.flatMap((word) => pathsOf(word, directory, view) ?? [])
  const resolved = paths.map((file) => path.resolve(file))
  // What does not exist is a revision, unless it follows `--`.
  const found = revisions === null ? resolved.filter((file) => view.exists(file)) : resolved
  return found.length === 0 ? null : found
}

/** `:(top)` and wildcards are patterns to git, also where a file has such a name. */
function namesPattern(word: ShellWord, directory: string, view: FsView): boolean {
  const { values, glob } = word
  const names = glob === null ? values : pathsOf(word, directory, view)
  return names?.some((name) => /^:|[*?[\\]/.test(name.replace(`${directory}/`, ''))) ?? true
}

import path from 'node:path'
import type { FsView } from '../../facts/facts.ts'
import { firstValue, type ShellWord } from '../parse/word.ts'
import { skipGitOptions } from '../tables/git-options.ts'
import type { SimpleCommand } from '../types.ts'
import { pathsOf } from './read-access.ts'

/**
 * The directories whose files a git command puts in another place, where no rule knows them: a clone, another work tree, and a
 * repository on this machine that fetches or gets the commits. Used only to find what a rule denies.
 */
export function copiedByGit(
  { words, assignments, directories }: SimpleCommand,
  view: FsView,
): readonly string[] {
  const { subcommand, directories: entered, others } = skipGitOptions(words)
  const [name = '', action = ''] = words.slice(subcommand).map(firstValue)
  const args = words.slice(subcommand + 1)
  const here = [...(directories ?? [view.directory])]
  for (const word of entered) here.push(...here.flatMap((one) => pathsOf(word, one, view) ?? []))
  const named = args.flatMap((word) => here.flatMap((one) => namedDirectories(word, one, view)))
  const isElsewhere =
    others.some((option) => MOVES_REPOSITORY.test(option)) ||
    assignments.some(({ name: variable }) => /^GIT_(DIR|WORK_TREE|COMMON_DIR)$/.test(variable)) ||
    words.slice(1, subcommand).some((word) => /^core\.worktree/i.test(firstValue(word)))
  const operands = args.map(firstValue).filter((value) => !value.startsWith('-'))
  const isGiven = GIVES_COMMITS.test(name) && operands.some((value, at) => isPlace(value, at === 0))
  const isRemote =
    name === 'remote' &&
    /^(add|set-url)$/.test(action) &&
    operands.slice(2).some((value) => isPlace(value))
  const isWorkTree = name === 'worktree' && action === 'add'
  const takes = TAKES_COMMITS.test(name) || (name === 'submodule' && action === 'add')
  return [
    ...(takes ? named : []),
    ...(isElsewhere || isGiven || isRemote || isWorkTree ? here : []),
  ].map((directory) => view.findGitTop(view.resolve(directory)) ?? directory)
}

const MOVES_REPOSITORY = /^--(git-dir|work-tree)(=|$)/

const TAKES_COMMITS = /^(clone|fetch|pull|fetch-pack|subtree)$/

const GIVES_COMMITS = /^(push|send-pack)$/

/** Whether a word is a path, not the name of a remote, of a branch, or the address of a server; of the first one, `a/b` is a path. */
function isPlace(value: string, isFirst = true): boolean {
  return /^(file:|[./~])/.test(value) || (isFirst && /^[^:]+\//.test(value))
}

/** A directory that a word names; for the directory `.git`, the one that contains it. */
function namedDirectories(word: ShellWord, directory: string, view: FsView): readonly string[] {
  const values = word.values.map((value) => value.replace(/^file:\/\//, ''))
  const paths = pathsOf({ ...word, values }, directory, view) ?? []
  return paths
    .filter((file) => view.exists(`${file}/.`))
    .map((file) => path.resolve(file))
    .map((file) => (path.basename(file) === '.git' ? path.dirname(file) : file))
}

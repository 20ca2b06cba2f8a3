import path from 'node:path'
import { isInside } from '../../fs/is-inside.ts'
import type { FsView } from '../facts/facts.ts'
import { sideEffects } from '../messages.ts'
import {
  mayReadWord,
  pathsOf,
  type ReadPolicy,
  systemProgram,
} from '../shell/effects/read-access.ts'
import { plainValue, type ShellWord } from '../shell/parse/word.ts'
import { parseGitCommand } from '../shell/tables/git.ts'
import { skipGitOptions } from '../shell/tables/git-options.ts'
import type { SimpleCommand } from '../shell/types.ts'
import { pathOfAddress } from './git-write-danger.ts'

/**
 * What makes git run a program of a directory that is not trusted, in spite of a rule: `git commit:*` is the user's word for git, not
 * for the hooks, aliases and filters that a repository brings along.
 */
export function gitCommandDanger(view: FsView, commands: readonly SimpleCommand[]): string | null {
  if (view.isTrusted === true) return null
  for (const command of commands) {
    if (systemProgram(command.words[0]) !== 'git') continue
    const directories = gitDirectories(command, view)
    // `git submodule foreach git commit`: its hooks are those of another repository.
    if (directories === null || entersSubmodules(command)) return sideEffects.unknownDirectory
    for (const directory of directories) {
      const danger = view.findGitDanger(directory)
      if (danger !== null) return danger
      const isReading = parseGitCommand(command.words) !== null
      const more = isReading
        ? null
        : (view.findGitWriteDanger(directory) ?? remoteDanger(command, directory, view))
      if (more !== null) return more
    }
  }
  return null
}

/** With this option git runs in every repository that one of the shown commits names, also in one that the index does not list. */
function entersSubmodules({ words }: SimpleCommand): boolean {
  return words.some(({ values }) => values.some((value) => ENTERS_SUBMODULES.test(value)))
}

const ENTERS_SUBMODULES = /^--subm[a-z]*=(?!(short|log)$)|^diff\.submodule=(?!(short|log)$)/i

/** Why the repository that a word names must not be connected to; its own hooks and settings run there. */
function remoteDanger({ words }: SimpleCommand, directory: string, view: FsView): string | null {
  const { subcommand } = skipGitOptions(words)
  if (!CONNECTS.test(plainValue(words[subcommand]) ?? '')) return null
  const named = words.slice(subcommand + 1)
  if (named.some(isUnknownPlace)) return sideEffects.unknownDirectory
  const places = named
    .flatMap(({ values }) => values.flatMap((value) => [value, value.replace(/^-[^=]*=/, '')]))
    .filter((value) => /^[^-]/.test(value))
  for (const place of new Set(places.map((one) => path.resolve(directory, pathOfAddress(one))))) {
    const danger = view.findGitRemoteDanger(place)
    if (danger !== null) return danger
  }
  return null
}

const CONNECTS = /^(push|fetch|pull|clone|ls-remote|archive|remote|config|submodule|subtree|lfs)$/

/** A word such as `./$name`, which begins as a path. */
function isUnknownPlace({ isCertain, text }: ShellWord): boolean {
  return !isCertain && /^(--\w+=)?["']*(file:|[./~$`])/.test(text)
}

/** Where git runs, after its options `-C`; null when that is not known. */
export function gitDirectories(
  { words, directories }: SimpleCommand,
  view: FsView,
): readonly string[] | null {
  return skipGitOptions(words).directories.reduce<readonly string[] | null>(
    (from, word) => from?.flatMap((one) => pathsOf(word, one, view) ?? []) ?? null,
    directories,
  )
}

/** Allow rules are for the project: other directories can be readable, but the rules do not allow programs to run there. */
export function isInProject({ directories }: SimpleCommand, view: FsView): boolean {
  const root = view.resolve(view.directory)
  return directories?.every((directory) => isInside(view.resolve(directory), root)) ?? false
}

/** `git -C src status` is matched as `git status` when the directory is readable. */
export function withoutGitDirectory(command: SimpleCommand, readPolicy: ReadPolicy): SimpleCommand {
  const { words, directories } = command
  const { view } = readPolicy
  if (systemProgram(words[0]) !== 'git') return command
  const { subcommand, directories: entered, others } = skipGitOptions(words)
  const isPlain = others.every((option) => option === '--no-pager')
  let from = directories
  const mayEnter = entered.every((word) => {
    const may = mayReadWord(word, from, readPolicy)
    from = from?.flatMap((one) => pathsOf(word, one, view) ?? []) ?? null
    return may
  })
  if (!mayEnter) return { ...command, directories: null }
  if (subcommand === 1 || !isPlain) return command
  return { ...command, words: [...words.slice(0, 1), ...words.slice(subcommand)] }
}

/** The commands and what they start, except on other machines and in containers. */
export function startedHere(commands: readonly SimpleCommand[]): readonly SimpleCommand[] {
  return commands.flatMap((one) => {
    const { inner } = one
    if (inner === null || inner.isElsewhere) return [one]
    const started = startedHere(inner.commands)
    const isMoved = one.words.some((word) => ENTERS_OTHERS.test(plainValue(word) ?? ''))
    return [one, ...(isMoved ? started.map((each) => ({ ...each, directories: null })) : started)]
  })
}

/** Of `git submodule` and `find`: what they start runs in other directories. */
const ENTERS_OTHERS = /^(foreach|-(exec|ok)dir)$/

import { isInside } from '../../fs/is-inside.ts'
import type { FsView } from '../facts/facts.ts'
import { gitDirectories, isInProject } from '../git/git-commands.ts'
import { pathsOf, systemProgram } from '../shell/effects/read-access.ts'
import { plainValue, type ShellWord } from '../shell/parse/word.ts'
import { hasHarmlessSedScripts } from '../shell/tables/stream-filters.ts'
import type { SimpleCommand } from '../shell/types.ts'
import { type CommandPattern, couldBeOption } from './command-rule.ts'
import { openWord } from './open-words.ts'
import { undoingWord } from './undone-option.ts'
import {
  namedProgram,
  placesOfGit,
  settingsWord,
  startedModule,
  textValues,
  unsafeOptions,
  unusualGitWord,
} from './unsafe-options.ts'

/** The commands started by a wrapper that a rule does not cover yet. */
export function uncoveredCommands(
  { inner }: SimpleCommand,
  { type }: CommandPattern,
  words: number,
): readonly SimpleCommand[] {
  if (inner === null || inner.isElsewhere || type === 'all' || type === 'exact') return []
  if (inner.innerIndex === null || words <= inner.innerIndex) return inner.commands
  return inner.commands.flatMap((one) => one.inner?.commands ?? [])
}

/** `make -C src test` as `make test` there, in the project: what `cd src && make test` runs. */
export function withoutMakeDirectory(command: SimpleCommand, view: FsView): SimpleCommand {
  const { words, directories } = command
  const [program, option, directory, ...rest] = words
  if (systemProgram(program) !== 'make' || plainValue(option) !== '-C') return command
  if (program === undefined || directory === undefined || plainValue(directory) === null)
    return command
  const entered = directories?.flatMap((one) => pathsOf(directory, one, view) ?? []) ?? null
  const moved = { ...command, words: [program, ...rest], directories: entered }
  return entered !== null && entered.length > 0 && isInProject(moved, view) ? moved : command
}

/** The word by which git creates or removes something outside the project, as written; null when there is none. */
export function placeOutside(command: SimpleCommand, covered: number, view: FsView): string | null {
  const places = placesOfGit(command.words, covered)
  if (places.length === 0) return null
  const root = view.resolve(view.directory)
  const directories = gitDirectories(command, view) ?? []
  if (directories.length === 0) return places[0]?.text ?? null
  const isHere = (word: ShellWord): boolean =>
    plainValue(word) !== null &&
    directories.every((directory) =>
      pathsOf(withoutOptionName(word), directory, view)?.every((file) =>
        isInside(view.resolve(file), root),
      ),
    )
  return places.find((word) => !isHere(word))?.text ?? null
}

/** `--export-marks=../x` */
function withoutOptionName(word: ShellWord): ShellWord {
  return { ...word, values: word.values.map((value) => value.replace(/^--[\w-]+=/, '')) }
}

/**
 * The word that makes a program write or run something that a rule with only its name does not allow, as written; null when there is
 * none. A word that is not certain could be such an option.
 */
export function unsafeWord(
  command: SimpleCommand,
  covered: number,
  hasOnlyKnownVariables: boolean,
): string | null {
  const { words } = command
  const started = startedModule(words, covered)
  if (started > 0) {
    const module = { ...command, words: words.slice(started) }
    return unsafeWord(module, Math.max(1, covered - started), hasOnlyKnownVariables)
  }
  if (systemProgram(words[0]) === 'sed' && !hasHarmlessSedScripts(words.slice(1)))
    return words[covered]?.text ?? 'sed'
  const beyond =
    undoingWord(words, covered) ??
    unusualGitWord(words, covered) ??
    settingsWord(words, covered) ??
    namedProgram(words, covered) ??
    openWord(words, covered)
  if (beyond !== null) return beyond.text
  const unsafe = unsafeOptions(words)
  if (unsafe === null) return null
  const texts = textValues(words, hasOnlyKnownVariables)
  const isGit = systemProgram(words[0]) === 'git'
  // To git, after an option, it can be the value of the option.
  const isEnd = (word: ShellWord, at: number): boolean =>
    plainValue(word) === '--' && !(isGit && /^-/.test(plainValue(words[at - 1]) ?? '-'))
  const end = words.findIndex((word, at) => at >= covered && isEnd(word, at))
  const found = words
    .slice(0, end < 0 ? undefined : end)
    .find(
      (word, at) =>
        at >= covered &&
        !texts.has(at) &&
        (couldContainOption(word) || word.values.some((value) => unsafe.test(value))),
    )
  return found?.text ?? null
}

/** A word that the shell can split contains further words. */
function couldContainOption(word: ShellWord): boolean {
  return couldBeOption(word) || !(word.isCertain || word.isOneWord)
}

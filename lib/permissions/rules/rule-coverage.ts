import { systemProgram } from '../shell/effects/read-access.ts'
import { plainValue, type ShellWord } from '../shell/parse/word.ts'
import { hasHarmlessSedScripts } from '../shell/tables/stream-filters.ts'
import type { SimpleCommand } from '../shell/types.ts'
import { type CommandPattern, couldBeOption } from './command-rule.ts'
import { isUnusualGit, unsafeOptions } from './unsafe-options.ts'

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

/**
 * Whether an option makes a program write or run something that a rule with only its name does not allow. A word that is
 * not certain could be such an option.
 */
export function hasUnsafeOption({ words }: SimpleCommand, covered: number): boolean {
  if (systemProgram(words[0]) === 'sed' && !hasHarmlessSedScripts(words.slice(1))) return true
  if (isUnusualGit(words, covered)) return true
  const unsafe = unsafeOptions(words)
  if (unsafe === null) return false
  const end = words.findIndex((word, at) => at >= covered && plainValue(word) === '--')
  const options = words.slice(covered, end < 0 ? undefined : end)
  return options.some(
    (word) => couldContainOption(word) || word.values.some((value) => unsafe.test(value)),
  )
}

/** A word that the shell can split contains further words. */
function couldContainOption(word: ShellWord): boolean {
  return couldBeOption(word) || !(word.isCertain || word.isOneWord)
}

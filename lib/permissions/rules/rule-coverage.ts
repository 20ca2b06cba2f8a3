import { systemProgram } from '../shell/effects/read-access.ts'
import type { SimpleCommand } from '../shell/types.ts'
import type { CommandPattern } from './command-rule.ts'

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

/** Whether an option makes a reading program write or run something, which a rule with only its name does not allow. */
export function hasUnsafeOption({ words }: SimpleCommand, covered: number): boolean {
  const turning = UNSAFE_OPTIONS.get(systemProgram(words[0]) ?? '')
  return (
    turning !== undefined &&
    words.slice(covered).some((word) => turning.test(word.values.at(0) ?? ''))
  )
}

const UNSAFE_OPTIONS: ReadonlyMap<string, RegExp> = new Map([
  ['git', /^--(outp|open-files|exec|upload-pack|receive-pack|ext-diff|config)|^-O./],
  ['find', /^-(delete|fls|fprint|fprint0|fprintf)$/],
  ['sort', /^-\w*[oT]|^--(o|c.*prog)/],
  ['rg', /^--(pre|hostname-bin)/],
  [
    'tar',
    /^--(to-command|checkpoint-action|use-compress-program|rsh-command|info-script|new-volume)|^-[IF]/,
  ],
])

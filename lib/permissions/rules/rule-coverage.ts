import { knownName } from '../shell/effects/read-access.ts'
import type { SimpleCommand } from '../shell/types.ts'
import type { CommandPattern } from './command-rule.ts'

/** What a rule leaves to be covered of the programs that a wrapper starts. */
export function remaining(
  { inner }: SimpleCommand,
  { kind }: CommandPattern,
  words: number,
): readonly SimpleCommand[] {
  if (inner === null || inner.isElsewhere || kind === 'all' || kind === 'exact') return []
  if (inner.innerAt === null || words <= inner.innerAt) return inner.commands
  return inner.commands.flatMap((one) => one.inner?.commands ?? [])
}

/** Options that make a reading program write or run something: a rule on its name alone doesn't mean them. */
export function hasTurningOption({ words }: SimpleCommand, covered: number): boolean {
  const turning = TURNING.get(knownName(words[0]) ?? '')
  return (
    turning !== undefined &&
    words.slice(covered).some((word) => turning.test(word.values.at(0) ?? ''))
  )
}

const TURNING: ReadonlyMap<string, RegExp> = new Map([
  ['git', /^--(outp|open-files|exec|upload-pack|receive-pack|ext-diff|config)|^-O./],
  ['find', /^-(delete|fls|fprint|fprint0|fprintf)$/],
  ['sort', /^-\w*[oT]|^--(o|c.*prog)/],
  ['rg', /^--(pre|hostname-bin)/],
  [
    'tar',
    /^--(to-command|checkpoint-action|use-compress-program|rsh-command|info-script|new-volume)|^-[IF]/,
  ],
])

import { literalWord, type ShellWord, unknownWord } from '../parse/word.ts'
import { findProgramSwitch } from '../tables/git-options.ts'
import { DIFF_WITHOUT_LINKS, hasRecursiveDiff } from '../tables/readonly-programs.ts'
import type { ProgramPlace } from '../types.ts'
import { unwrap } from '../unwrap/unwrap.ts'
import { programName } from '../unwrap/wrapper-layer.ts'

/** Adds the options by which git and rg do nothing that the repository says, wherever in the command they start. */
export function addOptions(printed: string[], values: readonly (string | null)[]): void {
  const words = values.map((value) => (value === null ? unknownWord('') : literalWord(value)))
  for (const start of programStarts(words).toReversed()) {
    const name = programName(words[start])
    const found = name === 'git' ? findProgramSwitch(words.slice(start)) : null
    if (found !== null) printed.splice(start + found.at, 0, ...found.options)
    // Its messages show lines of ignore files, which can be links that lead outside.
    if (name === 'rg' && values[start + 1] !== RG_OPTION) printed.splice(start + 1, 0, RG_OPTION)
    if (name === 'diff' && hasRecursiveDiff(words.slice(start + 1))) {
      const isThere = values[start + 1] === DIFF_WITHOUT_LINKS
      printed.splice(start + 1, 0, ...(isThere ? [] : [DIFF_WITHOUT_LINKS]))
    }
  }
}

/**
 * Right before a line runs: the `grep` of BSD and of earlier macOS follows links when it searches directories. GNU's has no option
 * against it, so only a program of the system gets one.
 */
export function addPlatformOptions(
  printed: string[],
  values: readonly (string | null)[],
  { find, platform }: ProgramPlace,
): void {
  if (platform === 'linux' || platform === 'win32') return
  const words = values.map((value) => (value === null ? unknownWord('') : literalWord(value)))
  for (const start of programStarts(words).toReversed()) {
    const name = values[start] ?? ''
    const file = name.includes('/') ? name : find(name)
    if (SYSTEM_GREP.test(file ?? '')) printed.splice(start + 1, 0, '-p')
  }
}

const SYSTEM_GREP = /^\/(usr\/)?bin\/[ef]?grep$/

const RG_OPTION = '--no-ignore-messages'

/** The indexes of the programs of a command: its own, and those that it starts. */
export function programStarts(words: readonly ShellWord[], from = 0): readonly number[] {
  const layer = unwrap({ words: words.slice(from), assignments: [], input: null })
  const inner = (layer?.commands ?? []).map(([first]) =>
    first === undefined ? -1 : words.indexOf(first, from + 1),
  )
  return [from, ...inner.filter((at) => at > 0).flatMap((at) => programStarts(words, at))]
}

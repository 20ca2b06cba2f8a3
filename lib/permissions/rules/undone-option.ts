import { systemProgram } from '../shell/effects/read-access.ts'
import { plainValue, type ShellWord } from '../shell/parse/word.ts'

/**
 * The word that undoes an option which the rule names, so that more runs than it allows: `git clean -n --no-dry-run -f`,
 * `bash -n +n x`, and any further option of an interpreter that is to check only. Null when there is none.
 */
export function undoingWord(words: readonly ShellWord[], covered: number): ShellWord | null {
  const options = words
    .slice(1, covered)
    .map((word) => plainValue(word) ?? '')
    .filter((value) => value.startsWith('-'))
  if (options.length === 0) return null
  const name = systemProgram(words[0]) ?? ''
  const isCheck = options.some((option) => CHECKS.get(name)?.test(option))
  const undoes = (value: string): boolean =>
    (isCheck && /^[-+]./.test(value)) ||
    (name === 'git' && value === '--apply') ||
    options.some((option) => isNegation(value, option))
  return words.slice(covered).find(({ values }) => values.some(undoes)) ?? null
}

/** `--no-dry-run`, also shortened, after `--dry-run` or `-n`. */
function isNegation(value: string, option: string): boolean {
  const name = /^--no-([^=]+)/.exec(value)?.[1]
  if (name === undefined) return false
  if (option.startsWith('--')) return option.slice(2).startsWith(name)
  return option.includes('n') && 'dry-run'.startsWith(name)
}

/** Options with which interpreters run nothing. */
const CHECKS: ReadonlyMap<string, RegExp> = new Map([
  ...['bash', 'sh', 'dash', 'zsh', 'ksh'].map((name): [string, RegExp] => [name, /^-\w*n/]),
  ...['perl', 'ruby'].map((name): [string, RegExp] => [name, /^-w?c/]),
  ['node', /^(-c|--check)$/],
  ['php', /^(-l|--syntax-check)$/],
])

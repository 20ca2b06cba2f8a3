import { isShellVariable } from '../tables/env-variables.ts'
import type { ShellWord } from './word.ts'

/**
 * Whether a word can be printed: a variable of the environment can contain a secret, while the output of a command is
 * checked separately. `hasOnlyKnownVariables` says that no variable of the line can contain a secret.
 */
export function isSafeToPrint(
  word: ShellWord,
  hasOnlyKnownVariables: boolean,
  may: (word: ShellWord) => boolean,
): boolean {
  if (word.glob !== null) return may(word)
  return (
    word.isCertain ||
    usesOnlyVariables(word.text, (name) => hasOnlyKnownVariables && isShellVariable(name))
  )
}

/** Whether the line names no environment variable that could contain a secret. */
export function hasOnlyKnownVariables(line: string): boolean {
  return usesOnlyVariables(line, isShellVariable)
}

function usesOnlyVariables(text: string, isAllowed: (name: string) => boolean): boolean {
  for (const [, brace, name = '', sets] of text.matchAll(/\$(\{?)([A-Za-z_]\w*)?(:?=)?/g)) {
    const isKnown = PUBLIC_VARIABLES.has(name) && (brace === '' || sets === undefined)
    if (name === '' ? brace !== '' : !isKnown && !isAllowed(name)) return false
  }
  return true
}

const PUBLIC_VARIABLES = new Set(
  'PWD OLDPWD USER SHELL LANG PATH HOME RANDOM LINENO SECONDS HOSTNAME UID EUID PPID'.split(' '),
)

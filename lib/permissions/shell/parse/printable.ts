import { isOwnVariable } from '../tables/env-variables.ts'
import type { ShellWord } from './word.ts'

/**
 * Whether a word may be printed: what a variable of the environment holds may be a secret, what a command prints has
 * been judged by itself. `isOpen` says that no variable of the line can hold a secret.
 */
export function isPlainText(
  word: ShellWord,
  isOpen: boolean,
  may: (word: ShellWord) => boolean,
): boolean {
  if (word.glob !== null) return may(word)
  return word.isCertain || namesOnly(word.text, (name) => isOpen && isOwnVariable(name))
}

/** Whether the line names no variable of the environment but those that everybody may know. */
export function isUnterminated(line: string): boolean {
  return namesOnly(line, isOwnVariable)
}

function namesOnly(text: string, isFine: (name: string) => boolean): boolean {
  for (const [, brace, name = '', sets] of text.matchAll(/\$(\{?)([A-Za-z_]\w*)?(:?=)?/g)) {
    const isKnown = KNOWN.has(name) && (brace === '' || sets === undefined)
    if (name === '' ? brace !== '' : !isKnown && !isFine(name)) return false
  }
  return true
}

const KNOWN = new Set(
  'PWD OLDPWD USER SHELL LANG PATH HOME RANDOM LINENO SECONDS HOSTNAME UID EUID PPID'.split(' '),
)

import { knownName, mayReadWord, type ReadPolicy } from '../effects/read-access.ts'
import { isPlainText } from '../parse/printable.ts'
import { plainValue, type ShellWord } from '../parse/word.ts'
import type { SimpleCommand } from '../types.ts'

/** `test` and `[`: of files that may be read, and of texts; `-v` would make the shell evaluate what it is given. */
export function tests(
  args: readonly ShellWord[],
  { words, folders }: SimpleCommand,
  reading: ReadPolicy,
): boolean {
  const isBracket = knownName(words[0]) === '['
  if (isBracket && plainValue(args.at(-1)) !== ']') return false
  const given = isBracket ? args.slice(0, -1) : args
  const operands = plainValue(given[0]) === '!' ? given.slice(1) : given
  const may = (word: ShellWord): boolean => mayReadWord(word, folders, reading.mayRead)
  const isText = (word: ShellWord | undefined): boolean =>
    word !== undefined && isOneWord(word) && isPlainText(word, reading.isOpen, may)
  const [first, second, third, ...more] = operands
  const [sign, compared] = [plainValue(first), plainValue(second) ?? '']
  if (more.length > 0 || first === undefined) return false
  if (third !== undefined) return COMPARES.test(compared) && isText(first) && isText(third)
  if (second === undefined) return isText(first)
  if (/^-[nz]$/.test(sign ?? '')) return isText(second)
  return /^-[bcdefghkLprsSuwxOGN]$/.test(sign ?? '') && may(second)
}

const COMPARES = /^(=|==|!=|<|>|-(eq|ne|lt|le|gt|ge))$/

/** A word that could fall apart might bring an operator along. */
function isOneWord({ isCertain, text }: ShellWord): boolean {
  return isCertain || /^"[^"]*"$|^\$[?#]$/.test(text) || /^"\$\([^"]*\)"$/.test(text)
}

/** Commands that show nothing: a line of these alone is no look at anything. */
export function showsNothing(commands: readonly SimpleCommand[]): boolean {
  const names = commands.map(({ words }) => knownName(words[0]) ?? '')
  return names.some((name) => TESTS.has(name)) && names.every((name) => SILENT.has(name))
}

const TESTS = new Set(['test', '[', '[[', 'false'])

const SILENT = new Set([...TESTS, 'true', ':'])

import { mayReadWord, type ReadPolicy, systemProgram } from '../effects/read-access.ts'
import { isSafeToPrint } from '../parse/printable.ts'
import { plainValue, type ShellWord } from '../parse/word.ts'
import type { SimpleCommand } from '../types.ts'

/** `test` and `[` on readable files and on text. `-v` is left out: the shell evaluates its operand. */
export function isReadOnlyTest(
  args: readonly ShellWord[],
  { words, directories }: SimpleCommand,
  readPolicy: ReadPolicy,
): boolean {
  const isBracket = systemProgram(words[0]) === '['
  if (isBracket && plainValue(args.at(-1)) !== ']') return false
  const expression = isBracket ? args.slice(0, -1) : args
  const operands = plainValue(expression[0]) === '!' ? expression.slice(1) : expression
  const may = (word: ShellWord): boolean => mayReadWord(word, directories, readPolicy)
  // A word that the shell can split might add an operator.
  const isTextOperand = (word: ShellWord): boolean =>
    word.isOneWord && isSafeToPrint(word, readPolicy.hasOnlyKnownVariables, may)
  const [first, second, third, ...more] = operands
  const [sign, compared] = [plainValue(first), plainValue(second) ?? '']
  if (more.length > 0 || first === undefined) return false
  if (third !== undefined)
    return COMPARISON.test(compared) && isTextOperand(first) && isTextOperand(third)
  if (second === undefined) return isTextOperand(first)
  if (/^-[nz]$/.test(sign ?? '')) return isTextOperand(second)
  return /^-[bcdefghkLprsSuwxOGN]$/.test(sign ?? '') && may(second)
}

const COMPARISON = /^(=|==|!=|<|>|-(eq|ne|lt|le|gt|ge))$/

/** Whether a line only tests conditions and prints nothing: there is no reason to run it. */
export function areSilentTests(commands: readonly SimpleCommand[]): boolean {
  const names = commands.map(({ words }) => systemProgram(words[0]) ?? '')
  return (
    names.some((name) => TEST_COMMANDS.has(name)) &&
    names.every((name) => SILENT_COMMANDS.has(name))
  )
}

const TEST_COMMANDS = new Set(['test', '[', '[[', 'false'])

const SILENT_COMMANDS = new Set([...TEST_COMMANDS, 'true', ':'])

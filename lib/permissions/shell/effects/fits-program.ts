import { isSafeToPrint } from '../parse/printable.ts'
import { plainValue, type ShellWord } from '../parse/word.ts'
import { sortArgs } from '../tables/options.ts'
import type { ReadOnlyProgram } from '../tables/readonly-programs.ts'
import { endingsOfSearch } from './name-endings.ts'
import { CWD, mayReadBelowWord, mayReadWord, type ReadPolicy } from './read-access.ts'

/** Whether a program with these words only reads what it may read. */
export function fitsProgram(
  args: readonly ShellWord[],
  program: ReadOnlyProgram,
  directories: readonly string[],
  readPolicy: ReadPolicy,
): boolean {
  const isText = program.operands === 'text'
  const sorted = isText ? textArgs(args, program) : sortArgs(args, program)
  if (sorted === null) return false
  const { usedOptions, operands, files, texts, lateOptions } = sorted
  // Some programs accept options only before their first operand; what follows is an operand to them.
  const first = operands[0] === undefined ? -1 : args.indexOf(operands[0])
  if (first >= 0 && args.length - first > program.maxOperands) return false
  if (args.some(({ values }) => values.some((one) => program.forbiddenWord?.test(one))))
    return false
  if (program.operands === 'none' && operands.length > 0) return false
  const may = (word: ShellWord): boolean => mayReadWord(word, directories, readPolicy)
  if (
    !files.every(may) ||
    !texts.every((word) => isSafeToPrint(word, readPolicy.hasOnlyKnownVariables, may))
  )
    return false
  if (isText) {
    const isHarmless = ({ isCertain }: ShellWord): boolean => isCertain || program.anyText !== null
    return operands.every(
      (word) => isHarmless(word) && isSafeToPrint(word, readPolicy.hasOnlyKnownVariables, may),
    )
  }
  // A wildcard in one that matches a name is judged where wildcards are replaced: no such name is plain.
  if (!lateOptions.every((word) => may({ ...word, glob: null }))) return false
  const takesPattern =
    program.operands === 'pattern' &&
    !usedOptions.some((one) => program.patternOptions.includes(one))
  const targets = takesPattern ? operands.slice(1) : operands
  const [pattern] = operands
  // An unquoted pattern can match file names, of which all but the first are searched.
  if (takesPattern && pattern !== undefined && (pattern.glob !== null || !pattern.isCertain)) {
    if (!may(pattern)) return false
  }
  if (!targets.every((word) => plainValue(word) === '-' || may(word))) return false
  if (!isRecursive(program, usedOptions)) return true
  const below = targets.length > 0 ? targets : [CWD]
  const endings = program.recursion === 'always' ? endingsOfSearch(sorted) : null
  return below.every((word) => mayReadBelowWord(word, directories, readPolicy, endings))
}

export function isRecursive(
  { recursion }: ReadOnlyProgram,
  usedOptions: readonly string[],
): boolean {
  return recursion === 'always' || usedOptions.some((one) => recursion.includes(one))
}

/** To programs without options, a word that begins with a dash is plain text. */
function textArgs(
  args: readonly ShellWord[],
  program: ReadOnlyProgram,
): ReturnType<typeof sortArgs> {
  return (
    sortArgs(args, program) ??
    (program.isLenient
      ? { usedOptions: [], operands: args, files: [], texts: [], textOptions: [], lateOptions: [] }
      : null)
  )
}

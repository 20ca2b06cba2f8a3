import { mayReadWord, type ReadPolicy } from '../effects/read-access.ts'
import { plainValue, type ShellWord } from '../parse/word.ts'
import type { SimpleCommand } from '../types.ts'
import { isHarmlessAwk, isPlainAssignment } from './awk-script.ts'
import { readsOnlyItsInput } from './jq-filter.ts'
import { NO_OPTIONS, type OptionGrammar, sortArgs } from './options.ts'
import { isHarmlessSed } from './sed-script.ts'

const SED: OptionGrammar = {
  ...NO_OPTIONS,
  flags: 'nErsuz',
  values: 'e',
  long: [
    'quiet',
    'silent',
    'regexp-extended',
    'expression=',
    'separate',
    'unbuffered',
    'null-data',
    'posix',
    'debug',
    'version',
    'help',
  ],
}

/** `sed` with scripts that only print, on files that may be read. */
export function isReadOnlySed(
  args: readonly ShellWord[],
  directories: SimpleCommand['directories'],
  readPolicy: ReadPolicy,
): boolean {
  const parts = splitSedArgs(args, SED)
  return (
    areHarmless(parts?.scripts) &&
    (parts?.files ?? []).every(
      (word) => plainValue(word) === '-' || mayReadWord(word, directories, readPolicy),
    )
  )
}

/** Whether the scripts of `sed` neither write, read other files nor run programs. `-i` does not matter. */
export function hasHarmlessSedScripts(args: readonly ShellWord[]): boolean {
  const grammar = { ...SED, maybe: 'i', long: [...SED.long, 'in-place?'] }
  const parts = splitSedArgs(args, grammar)
  return areHarmless(parts?.scripts)
}

function areHarmless(scripts: SedArgs['scripts'] | undefined): boolean {
  return scripts?.every((script) => script !== null && isHarmlessSed(script)) ?? false
}

interface SedArgs {
  readonly scripts: readonly (string | null)[]
  readonly files: readonly ShellWord[]
}

function splitSedArgs(args: readonly ShellWord[], grammar: OptionGrammar): SedArgs | null {
  const sorted = sortArgs(args, grammar)
  if (sorted === null) return null
  const late = [...sorted.lateOptions, ...sorted.files]
  // `-e` is the only option with a value.
  if (sorted.texts.length > 0) {
    return { scripts: sorted.texts.flatMap(knownTexts), files: [...sorted.operands, ...late] }
  }
  const [script, ...files] = sorted.operands
  return { scripts: knownTexts(script), files: [...files, ...late] }
}

/** Each text that a word can be, in a loop; null when one is not known. */
function knownTexts(word: ShellWord | undefined): readonly (string | null)[] {
  if (word === undefined || !word.isCertain || word.glob !== null || !word.isOneWord) return [null]
  return word.values.length === 0 ? [null] : word.values
}

const JQ: OptionGrammar = {
  ...NO_OPTIONS,
  flags: 'nrRjaScCMesV',
  long: [
    'null-input',
    'raw-input',
    'raw-output',
    'join-output',
    'ascii-output',
    'compact-output',
    'sort-keys',
    'color-output',
    'monochrome-output',
    'tab',
    'slurp',
    'exit-status',
    'indent=',
    'arg==',
    'argjson==',
    'version',
  ],
}

/** `jq` with a filter that reads only its files. */
export function isReadOnlyJq(
  args: readonly ShellWord[],
  directories: SimpleCommand['directories'],
  readPolicy: ReadPolicy,
): boolean {
  const sorted = sortArgs(args, JQ)
  if (sorted === null) return false
  const { texts, textOptions } = sorted
  // jq would take any other word for the number of blanks, and the next one for the filter.
  const isIndent = (at: number): boolean => textOptions[at] === '--indent'
  if (texts.some((word, at) => isIndent(at) && !/^[0-7]$/.test(plainValue(word) ?? '')))
    return false
  const [filter, ...files] = sorted.operands
  const text = plainValue(filter)
  if (text === null || !readsOnlyItsInput(text)) return false
  return files.every((word) => mayReadWord(word, directories, readPolicy))
}

const AWK: OptionGrammar = { ...NO_OPTIONS, values: 'Fv', takesBundles: false }

/** `awk` with a script that only prints, on files that may be read. Nothing after the script is an option to it. */
export function isReadOnlyAwk(
  args: readonly ShellWord[],
  directories: SimpleCommand['directories'],
  readPolicy: ReadPolicy,
): boolean {
  const sorted = sortArgs(args, AWK)
  if (sorted === null) return false
  const [script, ...files] = sorted.operands
  if (script === undefined) return false
  const { texts, textOptions } = sorted
  const isKnown = texts.every((word, at) => {
    const value = plainValue(word)
    return value !== null && (textOptions[at] !== '-v' || isPlainAssignment(value))
  })
  const after = args.slice(args.indexOf(script) + 1)
  return (
    isKnown &&
    after.length === files.length &&
    knownTexts(script).every((text) => text !== null && isHarmlessAwk(text)) &&
    files.every(
      (word) =>
        plainValue(word) === '-' ||
        (!word.values.some((one) => ASSIGNMENT.test(one)) &&
          mayReadWord(word, directories, readPolicy)),
    )
  )
}

/** To awk, this is no file. */
const ASSIGNMENT = /^[A-Za-z_]\w*=/

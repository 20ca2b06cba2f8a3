import { isPlainText } from '../parse/printable.ts'
import { plainValue, type ShellWord } from '../parse/word.ts'
import { changeFolder } from '../parse/working-directory.ts'
import { isOwnVariable } from '../tables/env-variables.ts'
import { finds } from '../tables/find.ts'
import { readGit } from '../tables/git.ts'
import { isReadOnlyLettaCommand } from '../tables/letta-command.ts'
import { NO_OPTIONS, sortArgs } from '../tables/options.ts'
import { PRINTF, PROGRAMS, type Program } from '../tables/readonly-programs.ts'
import { queries, streams } from '../tables/stream-filters.ts'
import { tests } from '../tables/test-command.ts'
import { isText, type SimpleCommand } from '../types.ts'
import { shownBy } from './git-output.ts'
import { CWD, DRIVE, filesOf, knownName, mayReadWord, type ReadPolicy } from './read-access.ts'

/** Why a command is not known to change nothing and to read only what may be read; null when it is. */
export function whyNotReadOnly(command: SimpleCommand, reading: ReadPolicy): string | null {
  if (isReadOnly(command, reading)) return null
  const places = knownName(command.words[0]) === 'git' ? (command.folders ?? []) : []
  const setting = places.map(reading.settingThatRuns).find((one) => one !== null)
  if (setting === undefined) return 'No rule allows it, and it may do more than read.'
  return `The repository's own configuration could run a program: ${setting}.`
}

function isReadOnly(command: SimpleCommand, reading: ReadPolicy): boolean {
  const { words, folders } = command
  const name = knownName(words[0])
  if (name === null || folders === null) return false
  const may = (word: ShellWord): boolean => mayReadWord(word, folders, reading.mayRead)
  const fed = command.redirections.filter(isText).map(({ target }) => target)
  if (!fed.every((word) => word !== null && isPlainText(word, reading.isOpen, may))) return false
  const args = words.slice(1)
  const special = SPECIAL.get(name)
  if (special !== undefined) return special(args, command, reading)
  const program = PROGRAMS.get(name)
  return program !== undefined && fitsProgram(args, program, folders, reading)
}

function fitsProgram(
  args: readonly ShellWord[],
  program: Program,
  folders: readonly string[],
  { mayRead, mayReadBelow, isOpen }: ReadPolicy,
): boolean {
  const isText = program.operands === 'text'
  const sorted = isText ? textArgs(args, program) : sortArgs(args, program)
  if (sorted === null) return false
  const { given, operands, files, texts } = sorted
  // Some look for options only before their first operand: what follows it is an operand to them.
  const first = operands[0] === undefined ? -1 : args.indexOf(operands[0])
  if (first >= 0 && args.length - first > program.mostOperands) return false
  if (operands.some(({ values }) => values.some((one) => program.refused?.test(one)))) return false
  if (program.operands === 'none' && operands.length > 0) return false
  const may = (word: ShellWord): boolean => mayReadWord(word, folders, mayRead)
  if (!files.every(may) || !texts.every((word) => isPlainText(word, isOpen, may))) return false
  if (isText) return operands.every((word) => isPlainText(word, isOpen, may))
  const takesPattern =
    program.operands === 'pattern' && !given.some((one) => program.patternOptions.includes(one))
  const targets = takesPattern ? operands.slice(1) : operands
  const [pattern] = operands
  // Unquoted, a pattern may stand for names of files, of which all but the first are searched.
  if (takesPattern && pattern !== undefined && (pattern.glob !== null || !pattern.isCertain)) {
    if (!may(pattern)) return false
  }
  if (!targets.every((word) => plainValue(word) === '-' || may(word))) return false
  if (!isRecursive(program, given)) return true
  const below = targets.length > 0 ? targets : [CWD]
  return below.every((word) => mayReadWord(word, folders, mayReadBelow))
}

function isRecursive({ recursion }: Program, given: readonly string[]): boolean {
  if (recursion === 'always') return true
  return given.some((one) =>
    one.startsWith('--')
      ? recursion.includes(one)
      : recursion.some((option) => option.length === 2 && one.includes(option.charAt(1))),
  )
}

/** To programs that know no options, a word that begins with a dash is one like any other. */
function textArgs(args: readonly ShellWord[], program: Program): ReturnType<typeof sortArgs> {
  return (
    sortArgs(args, program) ??
    (program.isLenient ? { given: [], operands: args, files: [], texts: [] } : null)
  )
}

/** Only asked for their version: whatever else they are given, they run. */
const VERSIONED = (
  'node npm npx yarn pnpm bun deno tsc python python3 pip pip3 uv poetry ruby cargo rustc gcc g++ clang cmake ' +
  'make java javac php perl dotnet swift bash zsh docker gh curl wget sqlite3 psql vim nvim'
).split(' ')

function showsVersion(args: readonly ShellWord[], { words }: SimpleCommand): boolean {
  // Python's -v is no question but a verbose run.
  const name = knownName(words[0]) ?? ''
  const short = name.startsWith('python') ? '-V' : '-v'
  const option = plainValue(args[0])
  return args.length === 1 && (option === '--version' || (SHORT.test(name) && option === short))
}

const SHORT = /^(node|npm|yarn|pnpm|bun|tsc|python3?|ruby|gcc|g\+\+|perl|php)$/

/** Reads a line that something else has been asked for, into variables of the line alone. */
function isReadArgument(word: ShellWord): boolean {
  const value = plainValue(word) ?? '-?'
  return value === '-r' || isOwnVariable(value)
}

type Special = (args: readonly ShellWord[], command: SimpleCommand, reading: ReadPolicy) => boolean

const SPECIAL: ReadonlyMap<string, Special> = new Map<string, Special>([
  ['printf', prints],
  ['git', looksAtGit],
  ['find', finds],
  ['sed', (args, { folders }, { mayRead }) => streams(args, folders, mayRead)],
  ['jq', (args, { folders }, { mayRead }) => queries(args, folders, mayRead)],
  ['test', tests],
  ['[', tests],
  ['read', (args) => args.every(isReadArgument)],
  ['date', (args) => tellsTime(args)],
  ['cd', goes],
  ['pushd', goes],
  [
    'command',
    (args) =>
      /^-[vV]$/.test(plainValue(args[0]) ?? '') && args.every((word) => plainValue(word) !== null),
  ],
  [
    'set',
    (args) =>
      args.length > 0 &&
      args.every((word) => /^[-+][euo]+$|^pipefail$/.test(plainValue(word) ?? '')),
  ],
  ['letta', (args) => isReadOnlyLettaCommand(args)],
  ...VERSIONED.map((name): [string, Special] => [name, showsVersion]),
])

/** The first word must be known: `-v` would make the shell evaluate the second. */
function prints(
  args: readonly ShellWord[],
  { folders }: SimpleCommand,
  reading: ReadPolicy,
): boolean {
  const [format] = args
  if (format === undefined || !format.isCertain || format.values.some((one) => /^-[^-]/.test(one)))
    return false
  return folders !== null && fitsProgram(args, PRINTF, folders, reading)
}

function goes(
  _: readonly ShellWord[],
  { words, folders }: SimpleCommand,
  { ground, mayRead }: ReadPolicy,
): boolean {
  const { done } = changeFolder(words, folders, ground)
  if (words.some((word) => DRIVE.test(word.values.at(0) ?? ''))) return false
  return done?.every(mayRead) ?? false
}

function looksAtGit(
  args: readonly ShellWord[],
  { folders }: SimpleCommand,
  reading: ReadPolicy,
): boolean {
  const look = readGit(args)
  if (look === null) return false
  let places = folders ?? []
  for (const word of look.folders) {
    if (!mayReadWord(word, places, reading.mayRead)) return false
    places = places.flatMap((folder) => filesOf(word, folder) ?? [])
  }
  const may = (word: ShellWord): boolean => mayReadWord(word, places, reading.mayRead)
  if (places.some((folder) => reading.settingThatRuns(folder) !== null)) return false
  if (!shownBy(look, places).every(reading.mayReadShown)) return false
  return (
    look.files.every(may) &&
    look.operands.every((word) => isPathspec(word, may)) &&
    look.texts.every((word) => isPlainText(word, reading.isOpen, may))
  )
}

/** `HEAD~1`, `main..topic` and `HEAD:src/a.ts` are all names that may be looked at as if they were paths. */
function isPathspec(word: ShellWord, may: (word: ShellWord) => boolean): boolean {
  const value = plainValue(word)
  if (value === null) return may(word)
  const after = value.replace(/^[^/]*:/, '')
  const asPath = { ...word, values: [after === '' ? '.' : after] }
  return may(asPath) && (after === value || may(word))
}

function tellsTime(args: readonly ShellWord[]): boolean {
  const options = {
    ...NO_OPTIONS,
    flags: 'uR',
    values: 'd',
    long: ['utc', 'universal', 'date=', 'rfc-3339=', 'iso-8601?', 'rfc-email'],
  }
  const bare = args.filter((word) => !/^-I\w*$/.test(plainValue(word) ?? ''))
  const sorted = sortArgs(bare, options)
  if (sorted === null || sorted.texts.some((word) => plainValue(word) === null)) return false
  return sorted.operands.every((word) => plainValue(word)?.startsWith('+'))
}

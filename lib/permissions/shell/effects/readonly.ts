import path from 'node:path'
import { isInside } from '../../../fs/is-inside.ts'
import type { FsView } from '../../facts/facts.ts'
import { reasons } from '../../messages.ts'
import { isSafeToPrint } from '../parse/printable.ts'
import { literalWord, plainValue, type ShellWord } from '../parse/word.ts'
import { changeDirectory, type WorkingDirectories } from '../parse/working-directory.ts'
import { isShellVariable } from '../tables/env-variables.ts'
import { mayReadNames } from '../tables/file-names.ts'
import {
  findStarts,
  isReadOnlyFind,
  isSafeStart,
  PRINTERS,
  startedCommands,
} from '../tables/find.ts'
import { isReadOnlyGh } from '../tables/gh.ts'
import { type GitReadCommand, parseGitCommand } from '../tables/git.ts'
import { isReadOnlyLettaCommand } from '../tables/letta-command.ts'
import { NO_OPTIONS, sortArgs } from '../tables/options.ts'
import { hasRecursiveDiff, PRINTF, READONLY_PROGRAMS } from '../tables/readonly-programs.ts'
import { isReadOnlyAwk, isReadOnlyJq, isReadOnlySed } from '../tables/stream-filters.ts'
import { isReadOnlyTest } from '../tables/test-command.ts'
import { isInlineText, type SimpleCommand } from '../types.ts'
import { fitsProgram, isRecursive } from './fits-program.ts'
import { listShownFiles, objectPaths } from './git-output.ts'
import {
  mayReadWord,
  pathsOf,
  type ReadPolicy,
  systemProgram,
  WINDOWS_DRIVE,
} from './read-access.ts'
import { searchedDirectories } from './recursive-search.ts'

/** Why a command is not known to be read-only, within what may be read; null when it is. */
export function whyNotReadOnly(command: SimpleCommand, readPolicy: ReadPolicy): string | null {
  if (isShim(command, readPolicy.view)) return reasons.noRuleVersionManager
  if (followsLinks(command, readPolicy)) return reasons.noRuleFollowsLinks
  if (isReadOnly(command, readPolicy)) return null
  const directories = systemProgram(command.words[0]) === 'git' ? (command.directories ?? []) : []
  const danger = directories
    .map((directory) => readPolicy.view.findGitDanger(directory))
    .find((one) => one !== null)
  return danger ?? reasons.noRuleNotReadOnly
}

/** Whether a version manager runs another program in its place, which a file of the directory can name: `.tool-versions`. */
function isShim({ words }: SimpleCommand, view: FsView): boolean {
  const name = plainValue(words[0]) ?? '/'
  const { shims = [] } = view
  return !name.includes('/') && shims.some((directory) => view.exists(`${directory}/${name}`))
}

/** Whether it is a search of directories by a `grep` that opens what links lead to, and one of them leads to what may not be read. */
function followsLinks(command: SimpleCommand, { view, mayRead }: ReadPolicy): boolean {
  if (view.grepFollowsLinks !== true || !GREPS.has(systemProgram(command.words[0]) ?? ''))
    return false
  const starts = searchedDirectories(command).flatMap(({ words }) => words)
  const places = (command.directories ?? []).flatMap((directory) =>
    starts.flatMap((word) => pathsOf(word, directory, view) ?? []),
  )
  return places.some((place) => {
    const root = view.resolve(place)
    const tree = view.listTree(root, [root])
    return tree.type === 'directory' && !(tree.isComplete && tree.links.every(mayRead))
  })
}

const GREPS = new Set(['grep', 'egrep', 'fgrep'])

function isReadOnly(command: SimpleCommand, readPolicy: ReadPolicy): boolean {
  const { words, directories } = command
  const name = systemProgram(words[0])
  if (name === null || directories === null) return false
  if (!hasSafeInput(command, readPolicy)) return false
  const args = words.slice(1)
  const special = SPECIAL_PROGRAMS.get(name)
  if (special !== undefined) return special(args, command, readPolicy)
  const program = READONLY_PROGRAMS.get(name)
  return program !== undefined && fitsProgram(args, program, directories, readPolicy)
}

/** Whether a program would have to start what only the shell can run: it would find another program of this name. */
export function startsShellCommand({ words, inner }: SimpleCommand): boolean {
  const wrapper = systemProgram(words[0]) ?? ''
  if (inner === null || SHELL_WRAPPERS.has(wrapper)) return false
  return inner.commands.some((one) => SHELL_COMMANDS.has(systemProgram(one.words[0]) ?? ''))
}

const SHELL_WRAPPERS = new Set('command builtin bash sh dash'.split(' '))

const SHELL_COMMANDS = new Set(
  'cd pushd read set type ulimit wait exit break continue : command'.split(' '),
)

/** Whether the text of its here-documents and here-strings may be printed: what reads it can be any command inside. */
export function hasSafeInput(
  { redirections, directories }: SimpleCommand,
  readPolicy: ReadPolicy,
): boolean {
  const may = (word: ShellWord): boolean => mayReadWord(word, directories, readPolicy)
  return redirections
    .filter(isInlineText)
    .every(
      ({ target }) =>
        target !== null && isSafeToPrint(target, readPolicy.hasOnlyKnownVariables, may),
    )
}

/**
 * Programs that are read-only when asked for their version, and only then. Left out are those that run another version
 * of themselves which the directory names: yarn, pnpm, cargo, ruby, dotnet and the like; and java, which writes a file.
 */
const VERSION_PROGRAMS = (
  'node npm tsc python python3 pip pip3 gcc g++ clang cmake make php perl bash zsh docker curl wget ' +
  'sqlite3 psql vim nvim'
).split(' ')

function isVersionQuery(
  args: readonly ShellWord[],
  { words, directories }: SimpleCommand,
  { view }: ReadPolicy,
): boolean {
  // To Python, -v is a verbose run.
  const name = systemProgram(words[0]) ?? ''
  if (name === 'npm' && hasSettingsOfNpm(directories, view)) return false
  const short = name.startsWith('python') ? '-V' : '-v'
  const option = plainValue(args[0])
  return (
    args.length === 1 &&
    (option === '--version' || (HAS_SHORT_VERSION_OPTION.test(name) && option === short))
  )
}

/** They name the directory for the records that npm writes whatever it does, and of which it deletes old ones. */
function hasSettingsOfNpm(directories: WorkingDirectories, view: FsView): boolean {
  const root = view.resolve(view.directory)
  const isNamed = (directory: string): boolean =>
    view.exists(path.join(directory, '.npmrc')) ||
    (directory !== root && isInside(directory, root) && isNamed(path.dirname(directory)))
  return (directories ?? []).some(isNamed)
}

const HAS_SHORT_VERSION_OPTION = /^(node|npm|tsc|python3?|gcc|g\+\+|perl|php)$/

/** `read` only stores its input, which is checked separately, in variables of the shell. */
function isReadArgument(word: ShellWord): boolean {
  const value = plainValue(word) ?? '-?'
  return value === '-r' || isShellVariable(value)
}

/** `wait -p NAME` sets a variable, which can be PATH. */
function isWaitArgument(word: ShellWord): boolean {
  return /^"?\$!"?$/.test(word.text) || /^(\d+|%[\d+-]*|-[fn])$/.test(plainValue(word) ?? '')
}

type ReadOnlyCheck = (
  args: readonly ShellWord[],
  command: SimpleCommand,
  readPolicy: ReadPolicy,
) => boolean

const SPECIAL_PROGRAMS: ReadonlyMap<string, ReadOnlyCheck> = new Map<string, ReadOnlyCheck>([
  ['printf', isReadOnlyPrintf],
  ['printenv', (args) => args.length > 0 && args.every(isPublicVariable)],
  ['diff', isReadOnlyDiff],
  ['tree', isReadOnlyTree],
  ['git', isReadOnlyGit],
  [
    'find',
    (args, command, readPolicy) =>
      isReadOnlyFind(args, command, readPolicy) && startsOnlyReaders(args, command, readPolicy),
  ],
  ['sed', (args, { directories }, readPolicy) => isReadOnlySed(args, directories, readPolicy)],
  ...['awk', 'gawk', 'mawk', 'nawk'].map((name): [string, ReadOnlyCheck] => [
    name,
    (args, { directories }, readPolicy) => isReadOnlyAwk(args, directories, readPolicy),
  ]),
  ['jq', (args, { directories }, readPolicy) => isReadOnlyJq(args, directories, readPolicy)],
  ['test', isReadOnlyTest],
  ['[', isReadOnlyTest],
  ['read', (args) => args.every(isReadArgument)],
  ['wait', (args) => args.every(isWaitArgument)],
  ['date', (args) => isReadOnlyDate(args)],
  ['cd', isReadOnlyCd],
  ['pushd', isReadOnlyCd],
  [
    'command',
    (args, { directories }, readPolicy) =>
      /^-[vV]$/.test(plainValue(args[0]) ?? '') &&
      args.every((word) => mayLookUp(word, directories, readPolicy)),
  ],
  ['xargs', isReadOnlyXargs],
  ['which', isReadOnlyLookup],
  ['type', isReadOnlyLookup],
  [
    'set',
    (args) =>
      args.length > 0 &&
      args.every((word) => /^[-+][euo]+$|^pipefail$/.test(plainValue(word) ?? '')),
  ],
  ['letta', (args) => isReadOnlyLettaCommand(args)],
  ...VERSION_PROGRAMS.map((name): [string, ReadOnlyCheck] => [name, isVersionQuery]),
  [
    'gh',
    (args, command, readPolicy) => isReadOnlyGh(args) || isVersionQuery(args, command, readPolicy),
  ],
])

const XARGS = {
  ...NO_OPTIONS,
  flags: '0rt',
  values: 'nIdLP',
  long: ['null', 'no-run-if-empty'],
}

/**
 * What `xargs` passes on is unknown, which is harmless to programs that only print it. When it is known to be names of files,
 * programs that show files may get them.
 */
function isReadOnlyXargs(
  _: readonly ShellWord[],
  command: SimpleCommand,
  readPolicy: ReadPolicy,
): boolean {
  const { words, inner } = command
  const start = inner?.innerIndex ?? null
  const program = systemProgram(start === null ? undefined : words[start]) ?? ''
  if (start === null) return false
  const sorted = sortArgs(words.slice(1, start), XARGS)
  // `-I echo` replaces the program by what is read, and `-I bin` a part of `/bin/echo`.
  const called = plainValue(words[start]) ?? ''
  const isPlain =
    sorted !== null &&
    sorted.operands.length === 0 &&
    sorted.texts.every((word) => !called.includes(plainValue(word) ?? ''))
  return isPlain && (PRINTERS.has(program) || getsOnlyFiles(command, readPolicy))
}

/** Whether an `xargs` gets names of regular files that may be read, and starts a program that only reads them. */
export function getsOnlyFiles(
  { words, directories, fileNames, redirections, inner }: SimpleCommand,
  readPolicy: ReadPolicy,
): boolean {
  const start = inner?.innerIndex ?? null
  if (fileNames === undefined || fileNames === null || directories === null || start === null)
    return false
  const given = words.slice(start)
  // Without `-I`: a name that replaces a mark would be judged as the mark, but can be an option or a pattern.
  const sorted = sortArgs(words.slice(1, start), { ...XARGS, values: 'nP' })
  const areNames = sorted?.usedOptions.some((one) => one === '-0' || one === '--null') === true
  const areNumbers = sorted?.texts.every((word) => /^\d+$/.test(plainValue(word) ?? '')) === true
  if (!areNames || !areNumbers || redirections.length > 0) return false
  // Names that the repository chooses can begin with a dash.
  if (fileNames.type === 'tracked' && plainValue(given.at(-1)) !== '--') return false
  const isBelow = fileNames.type === 'below'
  if (isBelow && !fileNames.starts.every(isSafeStart)) return false
  const examples = isBelow ? fileNames.starts.flatMap(insideOf) : EXAMPLES.map(literalWord)
  return (
    readsExamples(given, examples, directories, readPolicy) &&
    mayReadNames(fileNames, directories, readPolicy)
  )
}

/**
 * Whether each program that a `find` starts only prints names, or reads the files found: `{}` can be many names, and is none of
 * the words that were judged.
 */
function startsOnlyReaders(
  args: readonly ShellWord[],
  { directories }: SimpleCommand,
  readPolicy: ReadPolicy,
): boolean {
  const started = startedCommands(args)
  if (started === null) return false
  const readers = started.filter(([program]) => !PRINTERS.has(systemProgram(program) ?? ''))
  if (readers.length === 0) return true
  const starts = findStarts(args)
  if (directories === null || !starts.every(isSafeStart)) return false
  return readers.every((words) => {
    const given = words.slice(0, -1)
    const isLast = plainValue(words.at(-1)) === '{}'
    if (!isLast || given.some(({ text, values }) => [text, ...values].some(hasMark))) return false
    return readsExamples(given, starts.flatMap(insideOf), directories, readPolicy)
  })
}

function hasMark(value: string): boolean {
  return value.includes('{}')
}

/** Whether a program that only reads files does so with such names after its words. */
function readsExamples(
  given: readonly ShellWord[],
  examples: readonly ShellWord[],
  directories: readonly string[],
  readPolicy: ReadPolicy,
): boolean {
  const name = systemProgram(given[0]) ?? ''
  const program = READONLY_PROGRAMS.get(name)
  if (program === undefined || !FILE_READERS.has(name)) return false
  const args = [...given.slice(1), ...examples]
  const sorted = sortArgs(args, program)
  // A name must not be the value of an option. With one name as the pattern, a recursive search reads everything; and a tracked
  // name can be a link to a directory.
  if (sorted === null || examples.some((word) => !sorted.operands.includes(word))) return false
  if (isRecursive({ ...program, recursion: ['-r', '-R', '--recursive'] }, sorted.usedOptions))
    return false
  return fitsProgram(args, program, directories, readPolicy)
}

/** Names that are something else to some programs. */
const EXAMPLES: readonly string[] = ['file', '-f', '@file', '+!file']

/** Files that could be found there. */
function insideOf({ values: [start = '.'] }: ShellWord): readonly ShellWord[] {
  return EXAMPLES.map((name) => literalWord(`${start}/${name}`))
}

/** They read their operands, take no script or pattern from them, and write nothing. */
const FILE_READERS = new Set('cat wc head tail grep egrep fgrep ls file stat nl tac'.split(' '))

function isReadOnlyLookup(
  args: readonly ShellWord[],
  { words, directories }: SimpleCommand,
  readPolicy: ReadPolicy,
): boolean {
  const program = READONLY_PROGRAMS.get(systemProgram(words[0]) ?? '')
  if (program === undefined || directories === null) return false
  return (
    fitsProgram(args, program, directories, readPolicy) &&
    args.every((word) => mayLookUp(word, directories, readPolicy))
  )
}

/** Whether a word names programs. With a path, the answer is whether the file exists, as with `test`. */
function mayLookUp(
  word: ShellWord,
  directories: readonly string[] | null,
  readPolicy: ReadPolicy,
): boolean {
  const isName = word.isCertain && word.glob === null && !word.values.some((one) => /\//.test(one))
  return isName || systemProgram(word) !== null || mayReadWord(word, directories, readPolicy)
}

/** `tree -Io x FILE` takes the value of each letter of a bundle from a separate word: -o writes. */
function isReadOnlyTree(
  args: readonly ShellWord[],
  { directories }: SimpleCommand,
  readPolicy: ReadPolicy,
): boolean {
  const program = READONLY_PROGRAMS.get('tree')
  if (program === undefined || directories === null) return false
  const isBundle = ({ values }: ShellWord): boolean =>
    values.some((value) => /^-[^-]/.test(value) && value.length > 2 && /[LPI]/.test(value))
  return !args.some(isBundle) && fitsProgram(args, program, directories, readPolicy)
}

/** Of directories, `diff` compares all files and follows their links, unless it is recursive: then the printed line does not. */
function isReadOnlyDiff(
  args: readonly ShellWord[],
  { directories }: SimpleCommand,
  readPolicy: ReadPolicy,
): boolean {
  const program = READONLY_PROGRAMS.get('diff')
  if (program === undefined || directories === null) return false
  const isDirectory = (word: ShellWord): boolean =>
    directories.some((from) =>
      pathsOf(word, from, readPolicy.view)?.some((file) => readPolicy.view.exists(`${file}/.`)),
    )
  if (!fitsProgram(args, program, directories, readPolicy)) return false
  return hasRecursiveDiff(args) || !args.some(isDirectory)
}

/** The first word must be known: `-v` makes the shell evaluate the second. */
function isReadOnlyPrintf(
  args: readonly ShellWord[],
  { directories }: SimpleCommand,
  readPolicy: ReadPolicy,
): boolean {
  const [first] = args
  const format = plainValue(first) === '--' ? args[1] : first
  if (format === undefined || !format.isCertain || format.values.some((one) => /^-[^-]/.test(one)))
    return false
  if (args.some(storesCount)) return false
  return directories !== null && fitsProgram(args, PRINTF, directories, readPolicy)
}

/** `%n` stores the number of printed characters in a variable, which can be PATH. */
function storesCount({ values }: ShellWord): boolean {
  return values.some((value) => /%[^a-zA-Z%]*[hlLjzt]*n/.test(value))
}

/** Variables without a secret. */
function isPublicVariable(word: ShellWord): boolean {
  return /^(PATH|HOME|USER|SHELL|LANG|PWD|TERM)$/.test(plainValue(word) ?? '')
}

function isReadOnlyCd(
  _: readonly ShellWord[],
  { words, directories }: SimpleCommand,
  { view, mayRead }: ReadPolicy,
): boolean {
  // It exists, and what runs there afterwards is checked.
  if (words.length === 2 && plainValue(words[1]) === '..') return true
  const { afterSuccess } = changeDirectory(words, directories, view)
  if (words.some((word) => WINDOWS_DRIVE.test(word.values.at(0) ?? ''))) return false
  return afterSuccess?.every(mayRead) ?? false
}

function isReadOnlyGit(
  _: readonly ShellWord[],
  { words, directories }: SimpleCommand,
  readPolicy: ReadPolicy,
): boolean {
  const command = parseGitCommand(words)
  if (command === null) return false
  let workingDirectories = directories ?? []
  for (const word of command.directories) {
    if (!mayReadWord(word, workingDirectories, readPolicy)) return false
    workingDirectories = workingDirectories.flatMap(
      (directory) => pathsOf(word, directory, readPolicy.view) ?? [],
    )
  }
  const may = (word: ShellWord): boolean => mayReadWord(word, workingDirectories, readPolicy)
  if (workingDirectories.some((directory) => readPolicy.view.findGitDanger(directory) !== null))
    return false
  if (comparesOtherFiles(command, workingDirectories, readPolicy.view)) return false
  // Only grep looks through a link that has replaced a directory.
  const searchesAll = command.shows === 'all'
  if (searchesAll && workingDirectories.some((one) => readPolicy.view.hasLinkedDirectories(one)))
    return false
  if (!listShownFiles(command, workingDirectories, readPolicy.view).every(readPolicy.mayReadShown))
    return false
  return (
    command.files.every(may) &&
    command.operands.every((word) => isPathspec(word, workingDirectories, readPolicy)) &&
    command.texts.every((word) => isSafeToPrint(word, readPolicy.hasOnlyKnownVariables, may))
  )
}

/** Without a repository, and for what is outside of it, `git diff` compares any files and directories as `diff -r` does. */
function comparesOtherFiles(
  { shows, operands }: GitReadCommand,
  directories: readonly string[],
  view: FsView,
): boolean {
  if (shows === null) return false
  return directories.some((directory) => {
    const top = view.findGitTop(view.resolve(directory))
    if (top === null) return true
    const files = operands.flatMap((word) => pathsOf(word, directory, view) ?? [])
    return files.some(
      (file) => view.exists(file) && !isInside(view.resolve(file), view.resolve(top)),
    )
  })
}

/** `HEAD~1`, `main..topic` and `HEAD:src/a.ts` are checked as if they were paths, the last from the top as well. */
function isPathspec(
  word: ShellWord,
  directories: readonly string[],
  readPolicy: ReadPolicy,
): boolean {
  const may = (one: ShellWord): boolean => mayReadWord(one, directories, readPolicy)
  const value = plainValue(word)
  if (value === null) return may(word)
  const after = value.replace(/^[^/]*:/, '')
  const asPath = { ...word, values: [after === '' ? '.' : after] }
  const objects = directories.flatMap((one) => objectPaths(word, one, readPolicy.view))
  return may(asPath) && (after === value || may(word)) && objects.every(readPolicy.mayRead)
}

function isReadOnlyDate(args: readonly ShellWord[]): boolean {
  const options = {
    ...NO_OPTIONS,
    flags: 'uR',
    maybe: 'I',
    values: 'd',
    long: ['utc', 'universal', 'date=', 'rfc-3339=', 'iso-8601?', 'rfc-email'],
  }
  const sorted = sortArgs(args, options)
  // `TZ="FILE"` in a date is a file that is read.
  if (sorted === null || sorted.texts.some((word) => /=|^$/.test(plainValue(word) ?? '')))
    return false
  return sorted.operands.every((word) => plainValue(word)?.startsWith('+'))
}

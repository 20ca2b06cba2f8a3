import type { Ground } from './request.ts'
import { changeFolder } from './shell-folders.ts'
import { readGit } from './shell-git.ts'
import { expandGlob } from './shell-glob.ts'
import { isText, type SimpleCommand } from './shell-line.ts'
import { NO_OPTIONS, type Options, sortArgs } from './shell-options.ts'
import { PRINTF, PROGRAMS, type Program } from './shell-programs.ts'
import { isHarmlessSed } from './shell-sed.ts'
import { plainValue, type ShellWord } from './shell-word.ts'

/** Which files may be read without asking: an absolute path, not yet resolved. */
export interface Reading {
  readonly ground: Ground
  mayRead(file: string): boolean
  /** Whether everything below a folder may be read. */
  mayReadBelow(folder: string): boolean
}

/** Whether a command is known to change nothing and to read only what may be read. */
export function isReadOnly(command: SimpleCommand, reading: Reading): boolean {
  const { words, folders } = command
  const name = knownName(words[0])
  if (name === null || folders === null) return false
  const may = (word: ShellWord): boolean => mayReadWord(word, folders, reading.mayRead)
  const fed = command.redirections.filter(isText).map(({ target }) => target)
  if (!fed.every((word) => word !== null && isSpeakable(word, may))) return false
  const args = words.slice(1)
  const special = SPECIAL.get(name)
  if (special !== undefined) return special(args, command, reading)
  const program = PROGRAMS.get(name)
  return program !== undefined && fitsProgram(args, program, folders, reading)
}

/** The bare name, or one in a folder of the system: a program of the repository only looks like one. */
export function knownName(word: ShellWord | undefined): string | null {
  const value = plainValue(word)
  return /^(?:\/(?:usr\/(?:local\/)?)?bin\/)?([\w.:[-]+)$/.exec(value ?? '')?.[1] ?? null
}

/** Whether each file that a word stands for may be read. */
export function mayReadWord(
  word: ShellWord,
  folders: readonly string[] | null,
  mayRead: (file: string) => boolean,
): boolean {
  if (!word.isCertain || folders === null) return false
  return folders.every((folder) =>
    filesOf(word, folder)?.every((file) => file === '/dev/null' || mayRead(file)),
  )
}

/** The absolute paths that a word may mean in a folder; null when nobody can tell. */
export function filesOf(word: ShellWord, folder: string): readonly string[] | null {
  if (word.glob !== null) return expandGlob(word.glob, folder)
  // A drive of Windows is nowhere in the project, whatever the system makes of its name.
  if (word.values.some((value) => DRIVE.test(value))) return ['/']
  return word.values.map((value) => (value.startsWith('/') ? value : `${folder}/${value}`))
}

const DRIVE = /^[A-Za-z]:([\\/\s]|$)/

function fitsProgram(
  args: readonly ShellWord[],
  program: Program,
  folders: readonly string[],
  { mayRead, mayReadBelow }: Reading,
): boolean {
  const isText = program.operands === 'text'
  const sorted = isText ? textArgs(args, program) : sortArgs(args, program)
  if (sorted === null) return false
  const { given, operands, files } = sorted
  if (operands.length > program.mostOperands) return false
  if (operands.some(({ values }) => values.some((one) => program.refused?.test(one)))) return false
  if (program.operands === 'none' && operands.length > 0) return false
  const may = (word: ShellWord): boolean => mayReadWord(word, folders, mayRead)
  if (!files.every(may)) return false
  if (isText) return operands.every((word) => isSpeakable(word, may))
  const takesPattern =
    program.operands === 'pattern' && !given.some((one) => program.patternOptions.includes(one))
  const targets = takesPattern ? operands.slice(1) : operands
  if (takesPattern && operands[0]?.isCertain === false) return false
  if (!targets.every((word) => plainValue(word) === '-' || may(word))) return false
  if (!isRecursive(program, given)) return true
  const below = targets.length > 0 ? targets : [HERE]
  return below.every((word) => mayReadWord(word, folders, mayReadBelow))
}

const HERE: ShellWord = { text: '.', values: ['.'], isCertain: true, glob: null }

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
    sortArgs(args, program) ?? (program.isLenient ? { given: [], operands: args, files: [] } : null)
  )
}

/** What a variable of the environment holds may be a secret; what a command prints has been judged by itself. */
function isSpeakable(word: ShellWord, may: (word: ShellWord) => boolean): boolean {
  if (word.glob !== null) return may(word)
  return (
    word.isCertain ||
    !/\$(?!(?:PWD|OLDPWD|USER|SHELL|LANG|PATH|HOME|RANDOM|LINENO|SECONDS)\b)[A-Za-z_{]/.test(
      word.text,
    )
  )
}

/** Only asked for their version: whatever else they are given, they run. */
const VERSIONED = 'node npm python python3 bun deno tsc cargo rustc gcc java ruby make'.split(' ')

function showsVersion(args: readonly ShellWord[], { words }: SimpleCommand): boolean {
  // Python's -v is no question but a verbose run.
  const short = knownName(words[0])?.startsWith('python') ? '-V' : '-v'
  const option = plainValue(args[0])
  return args.length === 1 && (option === '--version' || option === short)
}

type Special = (args: readonly ShellWord[], command: SimpleCommand, reading: Reading) => boolean

const SPECIAL: ReadonlyMap<string, Special> = new Map<string, Special>([
  ['printf', prints],
  ['git', looksAtGit],
  ['find', finds],
  ['sed', (args, { folders }, { mayRead }) => streams(args, folders, mayRead)],
  ['jq', (args, { folders }, { mayRead }) => queries(args, folders, mayRead)],
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
  [
    'letta',
    (args) =>
      LETTA.test(
        args
          .slice(0, 2)
          .map((word) => plainValue(word) ?? '')
          .join(' '),
      ),
  ],
  ...VERSIONED.map((name): [string, Special] => [name, showsVersion]),
])

/** The first word must be known: `-v` would make the shell evaluate the second. */
function prints(args: readonly ShellWord[], { folders }: SimpleCommand, reading: Reading): boolean {
  const [format] = args
  if (format === undefined || !format.isCertain || format.values.some((one) => /^-[^-]/.test(one)))
    return false
  return folders !== null && fitsProgram(args, PRINTF, folders, reading)
}

/** Our own program, where it only shows. */
const LETTA =
  /^(memory (tokens|list|show)|agents list|skills list|tools list|permissions (list|check)|--version|--help)$/

function goes(
  _: readonly ShellWord[],
  { words, folders }: SimpleCommand,
  { ground, mayRead }: Reading,
): boolean {
  const { done } = changeFolder(words, folders, ground)
  if (words.some((word) => DRIVE.test(word.values.at(0) ?? ''))) return false
  return done?.every(mayRead) ?? false
}

function looksAtGit(
  args: readonly ShellWord[],
  { folders }: SimpleCommand,
  reading: Reading,
): boolean {
  const look = readGit(args)
  if (look === null) return false
  let places = folders ?? []
  for (const word of look.folders) {
    if (!mayReadWord(word, places, reading.mayRead)) return false
    places = places.flatMap((folder) => filesOf(word, folder) ?? [])
  }
  const may = (word: ShellWord): boolean => mayReadWord(word, places, reading.mayRead)
  return look.files.every(may) && look.operands.every((word) => isPathspec(word, may))
}

/** `HEAD~1`, `main..topic` and `HEAD:src/a.ts` are all names that may be looked at as if they were paths. */
function isPathspec(word: ShellWord, may: (word: ShellWord) => boolean): boolean {
  const value = plainValue(word)
  if (value === null) return may(word)
  const after = value.replace(/^[^/]*:/, '')
  const asPath = { ...word, values: [after === '' ? '.' : after] }
  return may(asPath) && (after === value || may(word))
}

const FIND_FLAGS = new Set([
  ...[
    '-H',
    '-P',
    '-print',
    '-print0',
    '-prune',
    '-empty',
    '-not',
    '!',
    '-o',
    '-or',
    '-a',
    '-and',
    '(',
    ')',
  ],
  ...[
    '-depth',
    '-xdev',
    '-mount',
    '-daystart',
    '-true',
    '-false',
    '-quit',
    '-executable',
    '-readable',
  ],
  ...['-writable', '-ls', '-noleaf', '-nouser', '-nogroup', '-ignore_readdir_race', ','],
])
FIND_FLAGS.delete('-H')

const FIND_VALUES = new Set([
  ...[
    '-name',
    '-iname',
    '-path',
    '-ipath',
    '-wholename',
    '-iwholename',
    '-regex',
    '-iregex',
    '-regextype',
  ],
  ...[
    '-type',
    '-xtype',
    '-maxdepth',
    '-mindepth',
    '-size',
    '-mtime',
    '-mmin',
    '-atime',
    '-amin',
    '-ctime',
  ],
  ...[
    '-cmin',
    '-perm',
    '-user',
    '-group',
    '-uid',
    '-gid',
    '-links',
    '-inum',
    '-printf',
    '-newermt',
    '-used',
    '-lname',
  ],
])

/** Names below the project. With `-exec` the programs are judged by themselves, and see only plain files. */
function finds(
  args: readonly ShellWord[],
  { folders }: SimpleCommand,
  { mayRead, mayReadBelow }: Reading,
): boolean {
  let at = 0
  for (; at < args.length; at++) {
    const value = plainValue(args[at])
    if (value !== null && /^(-.*|[!(),])$/.test(value)) break
    const word = args[at]
    if (word?.values.some((one) => /^[-!(),]/.test(one))) return false
    if (word === undefined || !mayReadWord(word, folders, mayRead)) return false
  }
  let starts = false
  for (; at < args.length; at++) {
    const value = plainValue(args[at])
    if (value === null) return false
    if (FIND_FLAGS.has(value)) continue
    if (value === '-exec') {
      starts = true
      while (at < args.length && !/^[;+]$/.test(plainValue(args[at]) ?? '')) at++
    } else if (!FIND_VALUES.has(value) || plainValue(args[++at]) === null) return false
  }
  return !starts || (onlyFiles(args) && mayReadBelowAll(args, folders, mayReadBelow))
}

/** What the started programs are shown may be any file below. */
function mayReadBelowAll(
  args: readonly ShellWord[],
  folders: SimpleCommand['folders'],
  mayReadBelow: (folder: string) => boolean,
): boolean {
  const end = args.findIndex((word) => /^[-!(]/.test(word.values.at(0) ?? ''))
  const starts = end > 0 ? args.slice(0, end) : [HERE]
  return starts.every((word) => mayReadWord(word, folders, mayReadBelow))
}

function onlyFiles(args: readonly ShellWord[]): boolean {
  const values = args.map((word) => plainValue(word) ?? '')
  const type = values.indexOf('-type')
  const isEither = values.some((value) => /^(-o|-or|,|!|-not)$/.test(value))
  return type >= 0 && values[type + 1] === 'f' && type < values.indexOf('-exec') && !isEither
}

const SED: Options = {
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

function streams(
  args: readonly ShellWord[],
  folders: SimpleCommand['folders'],
  mayRead: (file: string) => boolean,
): boolean {
  const sorted = sortArgs(args, SED)
  if (sorted === null) return false
  const scripts: (string | null)[] = []
  args.forEach((word, at) => {
    const value = plainValue(word) ?? ''
    if (/^-[nErsuz]*e$/.test(value) || value === '--expression')
      scripts.push(plainValue(args[at + 1]))
    else if (/^-[nErsuz]*e./.test(value)) scripts.push(value.replace(/^-[nErsuz]*e/, ''))
    else if (value.startsWith('--expression=')) scripts.push(value.slice('--expression='.length))
  })
  const files = scripts.length > 0 ? sorted.operands : sorted.operands.slice(1)
  const all = scripts.length > 0 ? scripts : [plainValue(sorted.operands[0])]
  const isHarmless = all.every((script) => script !== null && isHarmlessSed(script))
  return (
    isHarmless &&
    files.every((word) => plainValue(word) === '-' || mayReadWord(word, folders, mayRead))
  )
}

const JQ: Options = {
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
    'version',
  ],
}

function queries(
  args: readonly ShellWord[],
  folders: SimpleCommand['folders'],
  mayRead: (file: string) => boolean,
): boolean {
  const sorted = sortArgs(args, JQ)
  const [filter, ...files] = sorted?.operands ?? []
  const text = plainValue(filter)
  // `env` shows secrets, `include` and `import` read files, `input_filename` and `$__loc__` nothing new.
  if (text === null || /\benv\b|\$ENV|\binclude\b|\bimport\b|\bget_search_list\b/.test(text))
    return false
  return files.every((word) => mayReadWord(word, folders, mayRead))
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
  return sorted?.operands.every((word) => plainValue(word)?.startsWith('+')) ?? false
}

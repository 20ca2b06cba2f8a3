import { endingsOfFind } from '../effects/name-endings.ts'
import { pathsOf, type ReadPolicy, systemProgram } from '../effects/read-access.ts'
import { plainValue, type ShellWord } from '../parse/word.ts'
import type { FileNames, SimpleCommand } from '../types.ts'
import { actsOnlyOnFiles, findActions, findStarts } from './find.ts'
import { NO_OPTIONS, sortArgs } from './options.ts'

/**
 * What a command writes into a pipe, when that is nothing but names of regular files of known directories, each ended by NUL:
 * such names cannot be split, and no link among them leads elsewhere. `read` is what the pipe before it contains.
 */
export function fileNamesFrom(
  words: readonly ShellWord[],
  redirections: SimpleCommand['redirections'],
  read: FileNames | null,
): FileNames | null {
  if (words.some((word) => plainValue(word) === null) || !readsOnlyItsPipe(redirections))
    return null
  const [program, ...args] = words
  const name = systemProgram(program)
  if (name === null) return null
  if (name === 'find') return namesFromFind(args)
  if (name === 'git') return namesFromGit(args)
  if (name === 'grep' && read === null) return namesFromGrep(args)
  const filter = FILTERS.get(name)
  return filter !== undefined && read !== null && filter(args) ? read : null
}

/** Errors may go elsewhere. */
function readsOnlyItsPipe(redirections: SimpleCommand['redirections']): boolean {
  return redirections.every(
    ({ operator, target }) =>
      /^&?>/.test(operator) && plainValue(target ?? undefined) === '/dev/null',
  )
}

function namesFromFind(args: readonly ShellWord[]): FileNames | null {
  const values = args.map((word) => plainValue(word) ?? '')
  const actions = findActions(values) ?? []
  const isListing = actions.length > 0 && actions.every((at) => values[at] === '-print0')
  if (!isListing || !actsOnlyOnFiles(args) || values.some((value) => /^-(L|H|follow)$/.test(value)))
    return null
  return { type: 'below', starts: findStarts(args), endings: endingsOfFind(values) }
}

/** Only tracked files, as their names are known. */
function namesFromGit([subcommand, ...args]: readonly ShellWord[]): FileNames | null {
  const sorted = sortArgs(args, { ...NO_OPTIONS, flags: 'z' })
  const isListing = plainValue(subcommand) === 'ls-files' && sorted?.usedOptions.length === 1
  return isListing ? { type: 'tracked' } : null
}

/** `grep -rlZ PATTERN DIRECTORY`: links are not followed. Without a directory, a name could begin with a dash. */
function namesFromGrep(args: readonly ShellWord[]): FileNames | null {
  const sorted = sortArgs(args, {
    ...NO_OPTIONS,
    flags: 'EFGPIZilrswx',
    long: ['include=', 'exclude=', 'exclude-dir='],
  })
  const [pattern, ...starts] = sorted?.operands ?? []
  const isListing = ['-l', '-r', '-Z'].every((one) => sorted?.usedOptions.includes(one))
  if (pattern === undefined || starts.length === 0 || !isListing) return null
  return { type: 'below', starts, endings: null }
}

/** Programs that pass on complete names only. */
const FILTERS: ReadonlyMap<string, (args: readonly ShellWord[]) => boolean> = new Map([
  ['sort', (args: readonly ShellWord[]) => isFilter(args, 'Vfnruz', '', 0)],
  ['head', (args: readonly ShellWord[]) => isFilter(args, 'z', 'n', 0)],
  ['tail', (args: readonly ShellWord[]) => isFilter(args, 'z', 'n', 0)],
  ['uniq', (args: readonly ShellWord[]) => isFilter(args, 'uz', '', 0)],
  // Without `-a`, a name that is not UTF-8 makes old versions print a sentence in place of names.
  ['grep', (args: readonly ShellWord[]) => isFilter(args, 'zavEFiPwx', '', 1, '-a')],
])

function isFilter(
  args: readonly ShellWord[],
  flags: string,
  values: string,
  maxOperands: number,
  required = '-z',
): boolean {
  const sorted = sortArgs(args, { ...NO_OPTIONS, flags, values })
  if (sorted === null || sorted.operands.length > maxOperands) return false
  return ['-z', required].every((one) => sorted.usedOptions.includes(one))
}

/** Whether every file that has such a name may be read. */
export function mayReadNames(
  names: FileNames,
  directories: readonly string[],
  readPolicy: ReadPolicy,
): boolean {
  const { view, mayRead, mayReadBelow } = readPolicy
  if (names.type === 'below') {
    const all = directories.flatMap((directory) =>
      names.starts.map((start) => pathsOf(start, directory, view)),
    )
    return all.every(
      (paths) => paths?.every((one) => mayRead(one) && mayReadBelow(one, names.endings)) ?? false,
    )
  }
  return directories.every((directory) => {
    const tracked = view.listTrackedFiles(directory)
    if (tracked.type !== 'files' || tracked.paths.length > MAX_TRACKED) return false
    return tracked.paths.every((file) => !file.startsWith(`${directory}/-`) && mayRead(file))
  })
}

/** Each of them is resolved, since it can be a link. */
const MAX_TRACKED = 1_000

import path from 'node:path'
import type { FsView } from '../../facts/facts.ts'
import { plainValue, type ShellWord } from './word.ts'

/** The directories in which a command can run; null when that is determined at run time. */
export type WorkingDirectories = readonly string[] | null

/** The working directories after a command succeeded, and after it failed. */
export interface DirectoryOutcome {
  readonly afterSuccess: WorkingDirectories
  readonly afterFailure: WorkingDirectories
}

const MAX_DIRECTORIES = 8

/** Of a directory that a line enters: no person does, and each step into one would be looked up. */
const MAX_PATH_CHARACTERS = 1_024

export function eitherDirectory(
  one: WorkingDirectories,
  other: WorkingDirectories,
): WorkingDirectories {
  if (one === other) return one
  if (one === null || other === null) return null
  const all = [...new Set([...one, ...other])]
  return all.length > MAX_DIRECTORIES ? null : all
}

/** What `cd` and similar commands do to the working directory; other commands do not change it. */
export function changeDirectory(
  words: readonly ShellWord[],
  directories: WorkingDirectories,
  view: FsView,
): DirectoryOutcome {
  const unchanged: DirectoryOutcome = { afterSuccess: directories, afterFailure: directories }
  const [name] = words
  const program = name?.values.at(0)
  if (name === undefined || program === undefined) return unchanged
  if (program === 'popd' || program === 'dirs')
    return { afterSuccess: null, afterFailure: directories }
  // `pushd` without a directory returns to an earlier one.
  const isTurn = program === 'pushd' && !/^[^-+]/.test(plainValue(words[1]) ?? '')
  if (isTurn) return { afterSuccess: null, afterFailure: directories }
  if (program === 'builtin' || program === 'command') {
    return changeDirectory(words.slice(1), directories, view)
  }
  if (program === 'eval' || program === 'source' || program === '.')
    return { afterSuccess: null, afterFailure: null }
  if (!CHANGING_COMMANDS.has(program)) return unchanged
  return {
    afterSuccess: directories === null ? null : resolveTargets(words.slice(1), directories, view),
    afterFailure: directories,
  }
}

const CHANGING_COMMANDS = new Set(['cd', 'pushd', 'chdir'])

function resolveTargets(
  args: readonly ShellWord[],
  directories: readonly string[],
  view: FsView,
): WorkingDirectories {
  const operands = args.filter((word) => !/^-[LPe@]+$|^--$/.test(plainValue(word) ?? ''))
  const [operand, ...more] = operands
  if (operand === undefined) return [view.resolve(view.home)]
  const target = plainValue(operand)
  if (target === null || target === '-' || more.length > 0) return null
  // The shell folds `..` textually, programs follow links first: both directories are possible afterwards.
  const reached = directories.flatMap((directory) => {
    const lexical = path.resolve(directory, target)
    return [
      view.resolve(lexical),
      view.resolve(path.isAbsolute(target) ? target : `${directory}/${target}`),
      lexical,
    ]
  })
  const all = [...new Set(reached)]
  const isTooLong = all.some((one) => one.length > MAX_PATH_CHARACTERS)
  return isTooLong || all.length > MAX_DIRECTORIES ? null : all
}

export function sameDirectories(left: WorkingDirectories, right: WorkingDirectories): boolean {
  if (left === null || right === null) return left === right
  return left.length === right.length && left.every((directory) => right.includes(directory))
}

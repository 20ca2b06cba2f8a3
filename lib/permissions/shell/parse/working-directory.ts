import path from 'node:path'
import type { FsView } from '../../types.ts'
import { plainValue, type ShellWord } from './word.ts'

/** Where a command may find itself; null when only running it tells. */
export type Folders = readonly string[] | null

/** Where the shell stands after a command succeeded, and after it failed. */
export interface Outcome {
  readonly done: Folders
  readonly failed: Folders
}

const MOST = 8

export function eitherDirectory(one: Folders, other: Folders): Folders {
  if (one === other) return one
  if (one === null || other === null) return null
  const all = [...new Set([...one, ...other])]
  return all.length > MOST ? null : all
}

/** What `cd` and its kin do to the folder; every other command leaves it. */
export function changeFolder(
  words: readonly ShellWord[],
  folders: Folders,
  ground: FsView,
): Outcome {
  const still: Outcome = { done: folders, failed: folders }
  const [name] = words
  const program = name?.values.at(0)
  if (name === undefined || program === undefined) return still
  if (program === 'popd' || program === 'dirs') return { done: null, failed: folders }
  // `pushd` alone, or with a number, goes back to where it has been.
  const isTurn = program === 'pushd' && !/^[^-+]/.test(plainValue(words[1]) ?? '')
  if (isTurn) return { done: null, failed: folders }
  if (program === 'builtin' || program === 'command') {
    return changeFolder(words.slice(1), folders, ground)
  }
  if (program === 'eval' || program === 'source' || program === '.')
    return { done: null, failed: null }
  if (!CHANGERS.has(program)) return still
  return { done: folders === null ? null : goTo(words.slice(1), folders, ground), failed: folders }
}

const CHANGERS = new Set(['cd', 'pushd', 'chdir'])

function goTo(args: readonly ShellWord[], folders: readonly string[], ground: FsView): Folders {
  const operands = args.filter((word) => !/^-[LPe@]+$|^--$/.test(plainValue(word) ?? ''))
  const [operand, ...more] = operands
  if (operand === undefined) return [ground.resolve(ground.home)]
  const target = plainValue(operand)
  if (target === null || target === '-' || more.length > 0) return null
  // The shell folds `..` as text, programs follow links first: both places are possible from here on.
  const reached = folders.flatMap((folder) => {
    const lexical = path.resolve(folder, target)
    return [
      ground.resolve(lexical),
      ground.resolve(path.isAbsolute(target) ? target : `${folder}/${target}`),
      lexical,
    ]
  })
  const all = [...new Set(reached)]
  return all.length > MOST ? null : all
}

import type { FsView } from '../../facts/facts.ts'
import type { ShownFiles } from '../../git/tracked-files.ts'
import { expandGlob } from '../parse/expand-glob.ts'
import { literalWord, plainValue, type ShellWord } from '../parse/word.ts'
import type { NameEndings } from './name-endings.ts'

/** Which files can be read without approval. Paths are absolute, their links not yet resolved. */
export interface ReadPolicy {
  readonly view: FsView
  mayRead(file: string): boolean
  /** Whether every file inside a directory may be read, or every one whose name has one of these endings. */
  mayReadBelow(directory: string, endings?: NameEndings): boolean
  /** Whether every file whose content git shows may be read. */
  mayReadShown(shown: ShownFiles): boolean
  /** Whether no variable of the line can contain a secret. */
  readonly hasOnlyKnownVariables: boolean
}

/** The name of a program called by bare name or from a system directory; null for any other path, such as `./ls`. */
export function systemProgram(word: ShellWord | undefined): string | null {
  const value = plainValue(word)
  return /^(?:\/(?:usr\/(?:local\/)?)?bin\/)?([\w.+:[-]+)$/.exec(value ?? '')?.[1] ?? null
}

/** Whether every file that a word can mean may be read. */
export function mayReadWord(
  word: ShellWord,
  directories: readonly string[] | null,
  { view, mayRead }: ReadPolicy,
): boolean {
  return everyPath(word, directories, view, mayRead)
}

/** Whether every file inside the directories that a word can mean may be read. */
export function mayReadBelowWord(
  word: ShellWord,
  directories: readonly string[] | null,
  { view, mayReadBelow }: ReadPolicy,
  endings: NameEndings = null,
): boolean {
  return everyPath(word, directories, view, (directory) => mayReadBelow(directory, endings))
}

function everyPath(
  word: ShellWord,
  directories: readonly string[] | null,
  view: FsView,
  mayRead: (file: string) => boolean,
): boolean {
  if (!word.isCertain || directories === null) return false
  return directories.every((directory) =>
    pathsOf(word, directory, view)?.every((file) => {
      // A repository can contain a file whose name becomes an option when a wildcard matches it.
      if (word.glob !== null && file.startsWith(`${directory}/-`)) return false
      return file === '/dev/null' || mayRead(file)
    }),
  )
}

/** The absolute paths that a word can mean in a directory; null when they cannot be known. */
export function pathsOf(
  word: ShellWord,
  directory: string,
  view: FsView,
): readonly string[] | null {
  if (word.glob !== null) return expandGlob(word.glob, directory, view)
  // A Windows drive is outside the project, whatever this system makes of its name.
  if (word.values.some((value) => WINDOWS_DRIVE.test(value))) return ['/']
  return word.values.map((value) => (value.startsWith('/') ? value : `${directory}/${value}`))
}

export const WINDOWS_DRIVE = /^[A-Za-z]:([\\/\s]|$)/

export const CWD: ShellWord = literalWord('.')

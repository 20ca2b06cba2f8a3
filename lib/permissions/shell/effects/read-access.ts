import type { Shown } from '../../git/tracked-files.ts'
import type { FsView } from '../../types.ts'
import { expandGlob } from '../parse/expand-glob.ts'
import { plainValue, type ShellWord } from '../parse/word.ts'

/** Which files may be read without asking: an absolute path, not yet resolved. */
export interface ReadPolicy {
  readonly ground: FsView
  mayRead(file: string): boolean
  /** Whether everything below a folder may be read. */
  mayReadBelow(folder: string): boolean
  /** Whether every file may be read of which git shows lines. */
  mayReadShown(shown: Shown): boolean
  /** Whether no variable of the line can hold a secret. */
  readonly isOpen: boolean
  /** The setting of a folder's repository by which git would run a program; null when there is none. */
  settingThatRuns(folder: string): string | null
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
    filesOf(word, folder)?.every((file) => {
      // A repository may hold a file whose name a wildcard would turn into an option.
      if (word.glob !== null && file.startsWith(`${folder}/-`)) return false
      return file === '/dev/null' || mayRead(file)
    }),
  )
}

/** The absolute paths that a word may mean in a folder; null when nobody can tell. */
export function filesOf(word: ShellWord, folder: string): readonly string[] | null {
  if (word.glob !== null) return expandGlob(word.glob, folder)
  // A drive of Windows is nowhere in the project, whatever the system makes of its name.
  if (word.values.some((value) => DRIVE.test(value))) return ['/']
  return word.values.map((value) => (value.startsWith('/') ? value : `${folder}/${value}`))
}

export const DRIVE = /^[A-Za-z]:([\\/\s]|$)/

export const CWD: ShellWord = { text: '.', values: ['.'], isCertain: true, glob: null }

/** Why a file is not read. The caller puts the path in front. */

import { spellOut } from '../util/invisible-characters.ts'

export const IS_DIRECTORY = 'is a directory, not a file'

export const IS_SYMLINK = 'is a symbolic link, which is not followed'

export const isSpecial = (kind: string): string => `is a ${kind}, not a regular file`

export const isTooLarge = (limit: string): string => `is larger than ${limit}`

/** A directory of a path, or one above it. */
export const hasMoved = (directory: string): string =>
  `${spellOut(directory)} was moved, or replaced by a link, meanwhile; nothing in it was read or written.`

export const IS_NOT_UTF8 = 'is not UTF-8 text'

export const OUTSIDE_PROJECT = 'a symbolic link to outside the project is not followed'

export const lettaHomeNotAbsolute = (named: string): string =>
  named === ''
    ? 'LETTA_HOME is empty.'
    : `LETTA_HOME is not an absolute path: ${JSON.stringify(named)}.`

export const lettaHomeContainsHome = (directory: string): string =>
  `LETTA_HOME contains the home directory: ${spellOut(directory)}.`

export const lettaDirectoryInProc = (directory: string): string =>
  `Nothing can be stored in ${spellOut(directory)}: in /proc, no directory can be created.`

export const HOME_IN_PROC_HINT =
  'Set HOME to a directory on a disk, or LETTA_HOME to the absolute path of one for letta only.'

export const LETTA_HOME_HINT =
  'Set LETTA_HOME to the absolute path of a directory for letta only, or remove it: then letta stores its files in ~/.letta.'

export const heldTooLong = (lock: string): string =>
  `Another process has held ${lock} for more than twenty seconds. Try again when it has ended.`

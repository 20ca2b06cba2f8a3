import { statfsSync } from 'node:fs'
import { dirname, isAbsolute, join, relative } from 'node:path'
import { UserError } from '../util/user-error.ts'
import { isErrno } from './errno.ts'
import { isInside } from './is-inside.ts'
import {
  HOME_IN_PROC_HINT,
  LETTA_HOME_HINT,
  lettaDirectoryInProc,
  lettaHomeContainsHome,
  lettaHomeNotAbsolute,
} from './messages.ts'
import { resolvePathSync } from './resolve-path.ts'

/** Names the directory of the user's files. Only the environment of the process counts: no settings file, no command line. */
export const LETTA_HOME = 'LETTA_HOME'

/**
 * The directory of the user's files, without links: `.letta` in the home directory, or what LETTA_HOME names. All that is in it is
 * protected, so it cannot be the home directory or one above it. Throws a `UserError`.
 */
export function lettaDirectoryOf(home: string, named?: string): string {
  const directory = named === undefined ? join(home, '.letta') : namedDirectory(home, named)
  if (isInProc(directory)) {
    const hint = named === undefined ? HOME_IN_PROC_HINT : LETTA_HOME_HINT
    throw new UserError(lettaDirectoryInProc(directory), { hint })
  }
  return directory
}

function namedDirectory(home: string, named: string): string {
  if (!isAbsolute(named)) {
    throw new UserError(lettaHomeNotAbsolute(named), { hint: LETTA_HOME_HINT })
  }
  const directory = resolvePathSync(named)
  if (isInside(home, directory)) {
    throw new UserError(lettaHomeContainsHome(directory), { hint: LETTA_HOME_HINT })
  }
  return directory
}

/** Whether the directory is, or would be created, in `/proc`: there, Node tries the recursive `mkdir` for ever. */
function isInProc(directory: string): boolean {
  try {
    return statfsSync(directory).type === PROC_FILE_SYSTEM
  } catch (thrown) {
    if (!isErrno(thrown)) throw thrown
    const parent = dirname(directory)
    return parent !== directory && isInProc(parent)
  }
}

/** What Linux names this file system; macOS has none, and small numbers for its own. */
const PROC_FILE_SYSTEM = 0x9fa0

/** The directory of the user's files as messages show it: `~/.letta`. */
export function shownLettaDirectory({ home, lettaDirectory }: UserDirectories): string {
  return isInside(lettaDirectory, home) ? join('~', relative(home, lettaDirectory)) : lettaDirectory
}

interface UserDirectories {
  readonly home: string
  readonly lettaDirectory: string
}

import { isAbsolute, join, relative } from 'node:path'
import { UserError } from '../util/user-error.ts'
import { isInside } from './is-inside.ts'
import { LETTA_HOME_HINT, lettaHomeContainsHome, lettaHomeNotAbsolute } from './messages.ts'
import { resolvePathSync } from './resolve-path.ts'

/** Names the directory of the user's files. Only the environment of the process counts: no settings file, no command line. */
export const LETTA_HOME = 'LETTA_HOME'

/**
 * The directory of the user's files, without links: `.letta` in the home directory, or what LETTA_HOME names. All that is in it is
 * protected, so it cannot be the home directory or one above it. Throws a `UserError`.
 */
export function lettaDirectoryOf(home: string, named?: string): string {
  if (named === undefined) return join(home, '.letta')
  if (!isAbsolute(named)) {
    throw new UserError(lettaHomeNotAbsolute(named), { hint: LETTA_HOME_HINT })
  }
  const directory = resolvePathSync(named)
  if (isInside(home, directory)) {
    throw new UserError(lettaHomeContainsHome(directory), { hint: LETTA_HOME_HINT })
  }
  return directory
}

/** The directory of the user's files as messages show it: `~/.letta`. */
export function shownLettaDirectory({ home, lettaDirectory }: UserDirectories): string {
  return isInside(lettaDirectory, home) ? join('~', relative(home, lettaDirectory)) : lettaDirectory
}

interface UserDirectories {
  readonly home: string
  readonly lettaDirectory: string
}

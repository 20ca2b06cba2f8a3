import { writeAtomically } from '../../lib/fs/atomic-write.ts'
import { isErrno } from '../../lib/fs/errno.ts'
import { messageOf, UserError } from '../../lib/util/user-error.ts'
import { cannotWriteTyped } from '../messages.ts'
import { type CliEnvironment, typedPath } from './cli-environment.ts'

/**
 * Writes a file that was named on the command line, or replaces it, readable by the user only. Throws a `UserError` with its name as
 * typed when that fails.
 */
export async function writeTypedFile(
  cli: CliEnvironment,
  file: string,
  text: string,
): Promise<void> {
  try {
    await writeAtomically(typedPath(cli, file), text, { mode: 0o600 })
  } catch (thrown) {
    if (!isErrno(thrown)) throw thrown
    // What follows in the message is the path of the temporary file.
    const [reason = ''] = messageOf(thrown).split(', ')
    throw new UserError(cannotWriteTyped(file, reason), { cause: thrown })
  }
}

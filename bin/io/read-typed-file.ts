import { isErrno } from '../../lib/fs/errno.ts'
import { decodeUtf8, readBounded, UnreadableFile } from '../../lib/fs/read-bounded.ts'
import { messageOf, UserError } from '../../lib/util/user-error.ts'
import { cannotReadTyped, typedFileMissing, typedFileUnreadable } from '../messages.ts'
import { type CliEnvironment, typedPath } from './cli-environment.ts'

/** The text of a file that was named on the command line. Throws a `UserError` with its name as typed when it cannot be read. */
export async function readTypedFile(
  cli: CliEnvironment,
  file: string,
  limits: { readonly maxBytes: number },
): Promise<string> {
  try {
    return decodeUtf8((await readBounded(typedPath(cli, file), limits)).bytes)
  } catch (thrown) {
    if (thrown instanceof UnreadableFile) {
      throw new UserError(typedFileUnreadable(file, thrown.message), { cause: thrown })
    }
    if (isErrno(thrown, 'ENOENT', 'ENOTDIR')) {
      throw new UserError(typedFileMissing(file), { cause: thrown })
    }
    if (isErrno(thrown)) {
      throw new UserError(cannotReadTyped(file, messageOf(thrown)), { cause: thrown })
    }
    throw thrown
  }
}

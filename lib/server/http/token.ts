import { randomBytes } from 'node:crypto'
import { chmod, rm } from 'node:fs/promises'
import path from 'node:path'
import { writeAtomically } from '../../fs/atomic-write.ts'
import { ignoreErrno, isErrno } from '../../fs/errno.ts'
import { readBounded } from '../../fs/read-bounded.ts'
import { createUserError, messageOf } from '../../util/user-error.ts'
import { cannotSaveToken } from '../messages/serve.ts'
import { createPrivateDirectory } from '../private-directory.ts'

/**
 * The bearer token of `letta serve`: created at the first start and saved in a file that only the user can read.
 * Throws a `UserError`.
 */
export async function loadOrCreateToken(file: string): Promise<string> {
  try {
    return (await readToken(file)) ?? (await createToken(file))
  } catch (thrown) {
    throw createUserError(cannotSaveToken(file, messageOf(thrown)), thrown)
  }
}

const MAX_TOKEN_BYTES = 4096

/** Null when there is none. A file that others could read, as after a restore from a backup, is made private again. */
async function readToken(file: string): Promise<string | null> {
  const read = await readBounded(file, { maxBytes: MAX_TOKEN_BYTES }).catch(ignoreErrno('ENOENT'))
  if (read === null) return null
  if ((read.stats.mode & 0o077) !== 0) await chmod(file, 0o600)
  const token = read.bytes.toString('utf8').trim()
  return token === '' ? null : token
}

/** Of two servers that start at once, the token of the first is that of both. */
async function createToken(file: string): Promise<string> {
  createPrivateDirectory(path.dirname(file))
  const token = randomBytes(32).toString('base64url')
  // A file without a token would be taken for that of another server.
  const confirm = async (): Promise<void> => {
    if ((await readToken(file)) === null) await rm(file, { force: true })
  }
  try {
    await writeAtomically(file, `${token}\n`, { mode: 0o600, exclusive: true, confirm })
    return token
  } catch (thrown) {
    const other = isErrno(thrown, 'EEXIST') ? await readToken(file) : null
    if (other === null) throw thrown
    return other
  }
}

import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  linkSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { messageOf, UserError } from '../../util/user-error.ts'
import { createPrivateDirectory } from '../private-directory.ts'

/** The token that `letta serve` wants: made at the first need, and kept where only the user can read it. */
export function loadOrCreateToken(file: string): string {
  try {
    return readToken(file) ?? createToken(file)
  } catch (thrown) {
    throw new UserError(
      `The token of letta serve cannot be kept in ${file}: ${messageOf(thrown)}`,
      {
        hint: 'Make the file and its folder yours, or name a token yourself: LETTA_SERVER_PASSWORD',
        cause: thrown,
      },
    )
  }
}

/** Null when there is none; a file that others could read, as after a restore, is the user's alone again. */
function readToken(file: string): string | null {
  const stat = statSync(file, { throwIfNoEntry: false })
  if (stat === undefined) return null
  const token = readFileSync(file, 'utf8').trim()
  if ((stat.mode & 0o077) !== 0) chmodSync(file, 0o600)
  return token === '' ? null : token
}

/** Whole or not at all, and the same for two who start at once: the first link stands. */
function createToken(file: string): string {
  createPrivateDirectory(path.dirname(file))
  const token = randomBytes(32).toString('base64url')
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  try {
    writeFileSync(draft, `${token}\n`, { mode: 0o600, flag: 'wx' })
    // A file without a token is in the way of the link.
    if (existsSync(file) && readToken(file) === null) rmSync(file)
    linkSync(draft, file)
    return token
  } catch (thrown) {
    const other = readToken(file)
    if (other === null) throw thrown
    return other
  } finally {
    rmSync(draft, { force: true })
  }
}

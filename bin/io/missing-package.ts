import { isErrno } from '../../lib/fs/errno.ts'
import { createUserError, type UserError } from '../../lib/util/user-error.ts'
import manifest from '../../package.json' with { type: 'json' }
import { missingDriver, unusableDriver } from '../messages.ts'

const DRIVER = /@libsql\/[a-z0-9-]+/
/** Of all platforms. */
const { '@libsql/linux-x64-gnu': VERSION } = manifest.optionalDependencies

/**
 * The driver of the database has a binary for each platform, in a package that npm leaves out with `--omit=optional`, and that is
 * not listed for musl, or that the system cannot load. Null when the error is another one.
 */
export function missingPackage(thrown: unknown): UserError | null {
  if (!(thrown instanceof Error)) return null
  const [name] = DRIVER.exec(thrown.message) ?? []
  if (name === undefined) return null
  const wanted = `${name}@${VERSION}`
  if (isErrno(thrown, 'MODULE_NOT_FOUND')) return createUserError(missingDriver(wanted), thrown)
  const [reason = ''] = thrown.message.split('\n')
  return isErrno(thrown, 'ERR_DLOPEN_FAILED')
    ? createUserError(unusableDriver(wanted, reason), thrown)
    : null
}

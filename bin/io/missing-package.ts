import { createUserError, type UserError } from '../../lib/util/user-error.ts'
import manifest from '../../package.json' with { type: 'json' }
import { missingDriver } from '../messages.ts'

const CODES: ReadonlySet<unknown> = new Set(['MODULE_NOT_FOUND', 'ERR_DLOPEN_FAILED'])
const DRIVER = /@libsql\/[a-z0-9-]+/
/** Of all platforms. */
const { '@libsql/linux-x64-gnu': VERSION } = manifest.optionalDependencies

/**
 * The driver of the database has a binary for each platform, in a package that npm leaves out with `--omit=optional`, and that is
 * not listed for musl. Null when the error is another one.
 */
export function missingPackage(thrown: unknown): UserError | null {
  if (!(thrown instanceof Error) || !('code' in thrown) || !CODES.has(thrown.code)) return null
  const [name] = DRIVER.exec(thrown.message) ?? []
  return name === undefined ? null : createUserError(missingDriver(`${name}@${VERSION}`), thrown)
}

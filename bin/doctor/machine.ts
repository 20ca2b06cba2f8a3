import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access, mkdir, stat, statfs } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { useProxies } from '../../lib/client/use-proxies.ts'
import { isErrno } from '../../lib/fs/errno.ts'
import { ripgrepPath } from '../../lib/tools/search/ripgrep.ts'
import { messageOf, UserError } from '../../lib/util/user-error.ts'
import manifest from '../../package.json' with { type: 'json' }
import { clipboardPrograms } from '../../ui/app/clipboard.ts'
import type { CliEnvironment, EnvironmentVariables } from '../io/cli-environment.ts'
import { missingPackage } from '../io/missing-package.ts'
import { type Check, failure, ok, warning } from './check.ts'
import {
  CORRECT_PROXY,
  databaseDamaged,
  databaseFound,
  databaseMissing,
  diskFree,
  diskFull,
  INSTALL_CLIPBOARD,
  INSTALL_GIT,
  makeWritable,
  NO_PROXY_SET,
  NOT_INSTALLED,
  noDirectory,
  nodeFound,
  notAFile,
  notWritable,
  ONLY_OSC_52,
  proxiesFound,
  REINSTALL,
  RESTORE_BACKUP,
  renameIt,
} from './messages.ts'

export const checkNode = (): Check => ok('node', nodeFound(process.version, manifest.version))

const GIBIBYTE = 2 ** 30
const MEBIBYTE = 2 ** 20
/** Below it, saving a long session may fail. */
const MIN_FREE_BYTES = 200 * MEBIBYTE

/** Whether `~/.letta` can be written, and the space on its disk. */
export async function checkFiles({ lettaDirectory: path }: CliEnvironment): Promise<Check> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
    await access(path, constants.W_OK)
    const { bavail, bsize } = await statfs(path)
    const found = diskFree(path, ((bavail * bsize) / GIBIBYTE).toFixed(1))
    return bavail * bsize < MIN_FREE_BYTES
      ? warning('home', found, diskFull(path))
      : ok('home', found)
  } catch (thrown) {
    if (isErrno(thrown, 'EEXIST')) return failure('home', noDirectory(path), renameIt(path))
    return failure('home', notWritable(path, messageOf(thrown)), makeWritable(path))
  }
}

const VERSION_TIMEOUT_MS = 5000

const run = promisify(execFile)

/** The first line that `program --version` prints; null when it cannot run. */
async function versionOf(program: string, env: EnvironmentVariables): Promise<string | null> {
  try {
    const { stdout } = await run(program, ['--version'], { env, timeout: VERSION_TIMEOUT_MS })
    return stdout.split('\n')[0] ?? ''
  } catch {
    return null
  }
}

export async function checkGit({ env }: CliEnvironment): Promise<Check> {
  const version = await versionOf('git', env)
  return version === null ? warning('git', NOT_INSTALLED, INSTALL_GIT) : ok('git', version)
}

/** The binary that the Grep tool runs. */
export async function checkRipgrep({ env }: CliEnvironment): Promise<Check> {
  try {
    const version = await versionOf(await ripgrepPath(), env)
    if (version !== null) return ok('ripgrep', version)
  } catch {
    // The package for this platform is missing, which is reported like a binary that cannot run.
  }
  return failure('ripgrep', NOT_INSTALLED, REINSTALL)
}

/** Whether the driver works, and the size of the database of the embedded server. */
export async function checkDatabase({ lettaDirectory }: CliEnvironment): Promise<Check> {
  const path = join(lettaDirectory, 'letta.db')
  try {
    // What loads it fails when the driver is missing: the other checks do not need it.
    const { closeDatabase, isReadableDatabase, openDatabase } = await import(
      '../../lib/server/storage/database.ts'
    )
    closeDatabase(openDatabase(':memory:'))
    const stats = await stat(path)
    if (!stats.isFile()) return failure('database', notAFile(path), renameIt(path))
    if (!isReadableDatabase(path)) return failure('database', databaseDamaged(path), RESTORE_BACKUP)
    return ok('database', databaseFound(path, (stats.size / MEBIBYTE).toFixed(1)))
  } catch (thrown) {
    // What is wrong with its directory is the result of another check.
    if (isErrno(thrown, 'ENOENT') || isErrno(thrown, 'ENOTDIR')) {
      return ok('database', databaseMissing(path))
    }
    const missing = missingPackage(thrown)
    const advice = missing?.hint ?? (thrown instanceof UserError ? thrown.hint : null) ?? REINSTALL
    return failure('database', messageOf(missing ?? thrown), advice)
  }
}

/** The program that receives copied text where the terminal does not support OSC 52. */
export async function checkClipboard({ env }: CliEnvironment): Promise<Check> {
  const directories = (env['PATH'] ?? '').split(delimiter).filter(Boolean)
  for (const [name = ''] of clipboardPrograms(env, process.platform)) {
    for (const directory of directories) {
      const isThere = await access(join(directory, name), constants.X_OK).then(
        () => true,
        () => false,
      )
      if (isThere) return ok('clipboard', name)
    }
  }
  return warning('clipboard', ONLY_OSC_52, INSTALL_CLIPBOARD)
}

const PROXY_VARIABLES = [
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'NODE_EXTRA_CA_CERTS',
]

/** The names of the variables: their values may contain a password. */
export async function checkProxy({ env }: CliEnvironment): Promise<Check> {
  try {
    await useProxies(env)
  } catch (thrown) {
    return failure('proxy', messageOf(thrown), CORRECT_PROXY)
  }
  const set = PROXY_VARIABLES.flatMap((name) =>
    [name, name.toLowerCase()].filter((spelling) => env[spelling]),
  )
  return ok('proxy', set.length === 0 ? NO_PROXY_SET : proxiesFound(set))
}

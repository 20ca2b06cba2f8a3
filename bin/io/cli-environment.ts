import { existsSync, statSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { basename, isAbsolute } from 'node:path'
import { absolutePath } from '../../lib/fs/absolute-path.ts'
import { isErrno } from '../../lib/fs/errno.ts'
import { LETTA_HOME, lettaDirectoryOf } from '../../lib/fs/letta-directory.ts'
import { resolvePathSync } from '../../lib/fs/resolve-path.ts'
import { UsageError, UserError } from '../../lib/util/user-error.ts'
import {
  CWD_MISSING,
  CWD_MISSING_HINT,
  HOME_MISSING_HINT,
  homeIsNoDirectory,
  homeMissing,
  NOT_A_DIRECTORY_HINT,
  notADirectory,
} from '../messages.ts'
import { type Output, type SafeOutput, safeOutput } from './safe-output.ts'

/** What the program uses of `process`; tests pass a substitute. */
export interface ProcessContext {
  readonly stdin: CliInput
  readonly stdout: Output
  readonly stderr: Output
  readonly env: EnvironmentVariables
  /** The program and the path of its script, as it was called. */
  readonly argv: readonly string[]
  cwd(): string
}

export type EnvironmentVariables = Readonly<Record<string, string | undefined>>

export type CliInput = NodeJS.ReadableStream & {
  readonly isTTY?: boolean
  readonly fd?: number
  destroy(): unknown
}

/** The process as the commands see it. Paths are absolute. */
export interface CliEnvironment extends Pick<ProcessContext, 'stdin'> {
  readonly stdout: SafeOutput
  readonly stderr: SafeOutput
  readonly home: string
  /** Where letta stores the files of the user: `~/.letta`, or LETTA_HOME. */
  readonly lettaDirectory: string
  /** The directory in which the user typed the command. */
  readonly cwd: string
  readonly temporary: string
  /** The name of the command: `letta`, `letta-workbench`, or the file of the program. */
  readonly calledAs: string
  readonly env: EnvironmentVariables
}

/** Throws a `UserError` when the home directory or the current directory does not exist. */
export function readCliEnvironment(context: ProcessContext): CliEnvironment {
  const { stdin, stdout, stderr, env, argv } = context
  const home = findHome(env)
  return {
    stdin,
    stdout: safeOutput(stdout),
    stderr: safeOutput(stderr),
    home,
    lettaDirectory: lettaDirectoryOf(home, env[LETTA_HOME]),
    cwd: findCwd(context),
    temporary: tmpdir(),
    calledAs: basename(argv[1] ?? ''),
    env,
  }
}

/** The real path of the directory to work in: `path`, or the current one. Throws a `UsageError`. */
export function workingDirectory(cli: CliEnvironment, path: string | null): string {
  const directory = path === null ? cli.cwd : typedPath(cli, path)
  if (!isDirectory(directory)) {
    throw new UsageError(notADirectory(directory), { hint: NOT_A_DIRECTORY_HINT })
  }
  return resolvePathSync(directory)
}

/** A path as typed, from the current directory; `~` is the home directory. */
export function typedPath(
  { cwd, home }: Pick<CliEnvironment, 'cwd' | 'home'>,
  path: string,
): string {
  return absolutePath(path, { directory: cwd, home })
}

export function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (thrown) {
    if (isErrno(thrown)) return false
    throw thrown
  }
}

function findHome(env: EnvironmentVariables): string {
  const home = env['HOME'] || homedir()
  if (isAbsolute(home) && isDirectory(home)) return resolvePathSync(home)
  throw new UserError(existsSync(home) ? homeIsNoDirectory(home) : homeMissing(home), {
    hint: HOME_MISSING_HINT,
  })
}

/** `npm start` runs the program in the directory of the package; npm passes on where it was called. */
function findCwd({ env, cwd }: ProcessContext): string {
  const started = env['npm_lifecycle_event'] === 'start' ? env['INIT_CWD'] : undefined
  if (started !== undefined && isAbsolute(started)) return started
  try {
    return cwd()
  } catch (thrown) {
    throw new UserError(CWD_MISSING, { hint: CWD_MISSING_HINT, cause: thrown })
  }
}

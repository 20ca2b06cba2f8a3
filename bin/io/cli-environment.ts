import { realpathSync, statSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { isAbsolute, resolve } from 'node:path'
import { UsageError } from '../../lib/cli/parsed-flags.ts'
import { UserError } from '../../lib/util/user-error.ts'

/** What the program has of its process; a test hands in another. */
export interface ProcessContext {
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  cwd(): string
}

export type Input = NodeJS.ReadableStream & {
  readonly isTTY?: boolean
  readonly fd?: number
  destroy(): unknown
}

export interface Output {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** What the process knows about the world, handed to those who may not ask it. */
export interface Surroundings extends Pick<ProcessContext, 'stdin' | 'stdout' | 'stderr'> {
  readonly home: string
  /** Where the user typed the command. */
  readonly current: string
  readonly temporary: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

export function readCliEnvironment(world: ProcessContext): Surroundings {
  const { stdin, stdout, stderr, env } = world
  return {
    stdin,
    stdout,
    stderr,
    home: homeOf(env),
    current: currentFolder(world),
    temporary: tmpdir(),
    environment: env,
  }
}

/** The real path of the folder to work in. */
export function workingFolder({ current, home }: Surroundings, wanted: string | null): string {
  const path = wanted === null ? current : absolutePath({ current, home }, wanted)
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UsageError(`${path} is no folder.`, { hint: 'Name one with -C DIR.' })
  }
  return realpathSync(path)
}

export function absolutePath(
  { current, home }: Pick<Surroundings, 'current' | 'home'>,
  path: string,
): string {
  return path === '~' || path.startsWith('~/')
    ? resolve(home + path.slice(1))
    : resolve(current, path)
}

function homeOf(environment: ProcessContext['env']): string {
  const home = environment['HOME'] || homedir()
  if (isAbsolute(home) && statSync(home, { throwIfNoEntry: false })?.isDirectory() === true) {
    return realpathSync(home)
  }
  throw new UserError(`The home folder ${home || '(none)'} does not exist.`, {
    hint: 'Set HOME to a folder of yours: letta keeps its files in $HOME/.letta',
  })
}

/** `npm start` runs us in the package; the user stands where npm was called. */
function currentFolder({ env, cwd }: ProcessContext): string {
  const started = env['npm_lifecycle_event'] === 'start' ? env['INIT_CWD'] : undefined
  if (started !== undefined && isAbsolute(started)) return started
  try {
    return cwd()
  } catch (thrown) {
    throw new UserError('The current folder does not exist any more.', {
      hint: 'Change to another one, or name one with -C DIR.',
      cause: thrown,
    })
  }
}

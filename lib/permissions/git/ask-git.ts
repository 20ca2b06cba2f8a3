import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What the system's git prints, as `runGit` runs it. Null when it fails. */
export async function askGit(directory: string, args: readonly string[]): Promise<Buffer | null> {
  const result = await runGit(directory, args)
  return result.ok ? result.output : null
}

export type GitResult =
  | { readonly ok: true; readonly output: Buffer }
  | { readonly ok: false; readonly reason: string }

/**
 * Runs the system's git, in an environment without the settings of the user and with overrides of those by which a repository makes
 * git run programs. `input`: what it reads.
 */
export async function runGit(
  directory: string,
  args: readonly string[],
  input?: Buffer,
): Promise<GitResult> {
  const overrides = OVERRIDES.flatMap((setting) => ['-c', setting])
  try {
    // Throws at once where the directory is none.
    const running = run('git', [...overrides, ...args], {
      cwd: directory,
      env: ENVIRONMENT,
      encoding: 'buffer',
      maxBuffer: MAX_OUTPUT_BYTES,
      timeout: TIMEOUT_MS,
    })
    // Git may end before it has read everything.
    running.child.stdin?.on('error', () => undefined)
    running.child.stdin?.end(input)
    return { ok: true, output: (await running).stdout }
  } catch (thrown) {
    const { stderr, message } = Object(thrown)
    const [line = ''] = String(stderr ?? '')
      .trim()
      .split('\n')
    return { ok: false, reason: line || String(message) }
  }
}

const MAX_OUTPUT_BYTES = 67_108_864

const TIMEOUT_MS = 5_000

const OVERRIDES = [
  'safe.bareRepository=explicit',
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
]

const ENVIRONMENT = {
  PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin:/opt/local/bin',
  LC_ALL: 'C',
  // Settings can name files of it, but git finds none.
  HOME: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: 'none',
}

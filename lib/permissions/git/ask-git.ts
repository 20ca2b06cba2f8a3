import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * What the system's git prints, in an environment without the settings of the user and with overrides of those by which
 * a repository makes git run programs. Null when it fails.
 */
export async function askGit(directory: string, args: readonly string[]): Promise<Buffer | null> {
  const overrides = OVERRIDES.flatMap((setting) => ['-c', setting])
  try {
    const { stdout } = await run('git', [...overrides, ...args], {
      cwd: directory,
      env: ENVIRONMENT,
      encoding: 'buffer',
      maxBuffer: MAX_OUTPUT_BYTES,
      timeout: TIMEOUT_MS,
    })
    return stdout
  } catch {
    return null
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
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: 'none',
}

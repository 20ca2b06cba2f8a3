import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Commits the Markdown files of a directory to its git repository, and nothing else that is staged there. Returns the first line
 * of the commit; null where there is no repository, or nothing to commit. Runs no hook, signs nothing, contacts no server and
 * never prompts.
 */
export async function commitFiles(
  directory: string,
  folder: string,
  message: string,
): Promise<string | null> {
  const git = async (...args: readonly string[]): Promise<string | null> => {
    try {
      const { stdout } = await run('git', [...SETTINGS, ...args], {
        cwd: directory,
        env: { ...process.env, ...NEVER_PROMPT },
        timeout: TIMEOUT_MS,
      })
      return stdout.trim()
    } catch {
      return null
    }
  }
  if ((await git('rev-parse', '--is-inside-work-tree')) !== 'true') return null
  const name = (await git('config', 'user.name')) ?? ''
  const identity = name === '' ? ['-c', 'user.name=letta', '-c', 'user.email=letta@localhost'] : []
  if ((await git('add', '--', folder)) === null) return null
  const committed = await git(...identity, 'commit', '--quiet', '--message', message, '--', folder)
  return committed === null ? null : git('log', '-1', '--format=%h %s')
}

const TIMEOUT_MS = 30_000

const SETTINGS = [
  ...['-c', 'core.hooksPath=/dev/null'],
  ...['-c', 'core.fsmonitor=false'],
  ...['-c', 'commit.gpgSign=false'],
]

const NEVER_PROMPT = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: '',
  SSH_ASKPASS: '',
  GIT_EDITOR: 'true',
}

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, isAbsolute, resolve } from 'node:path'
import { promisify } from 'node:util'
import { isExecutableForWriting } from '../permissions/git/executable-settings.ts'
import { findGitDanger } from '../permissions/git/git-config.ts'
import { findListedDanger } from '../permissions/git/run-in-repository.ts'
import { commitDuringOperation, commitRunsPrograms, commitTimedOut } from './messages.ts'

const run = promisify(execFile)

/**
 * `none`: the directory is in no repository, or there is nothing to commit. `text`: id and subject of the commit. `during`: what git
 * has begun, such as a rebase; an abort of it undoes the files, too.
 */
export type CommitResult =
  | { readonly type: 'none' }
  | { readonly type: 'committed'; readonly text: string }
  | { readonly type: 'failed'; readonly reason: string; readonly during?: string }

/**
 * Commits files of a directory to its git repository, and nothing else that is staged there. Runs no hook, signs nothing, contacts
 * no server and never prompts. A repository whose own configuration names a program is left to the person.
 */
export async function commitFiles(
  directory: string,
  paths: readonly string[],
  message: string,
): Promise<CommitResult> {
  const danger = await findGitDanger(directory)
  if (danger !== null) return { type: 'failed', reason: commitRunsPrograms(danger) }
  const git = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run('git', [...SETTINGS, ...args], {
      cwd: directory,
      env: { ...ownEnvironment(), ...NEVER_PROMPT },
      timeout: TIMEOUT_MS,
    })
    return stdout.trim()
  }
  const orNull = (work: Promise<string>): Promise<string | null> => work.catch(() => null)
  if ((await orNull(git('rev-parse', '--is-inside-work-tree'))) !== 'true') return { type: 'none' }
  const operation = await operationInProgress(directory, git)
  if (operation !== null) {
    return { type: 'failed', reason: commitDuringOperation(operation), during: operation }
  }
  const listed = await findListedDanger(directory, isExecutableForWriting)
  if (listed !== null) return { type: 'failed', reason: commitRunsPrograms(listed) }
  const name = (await orNull(git('config', 'user.name'))) ?? ''
  const identity = name === '' ? ['-c', 'user.name=letta', '-c', 'user.email=letta@localhost'] : []
  try {
    await git('add', '--', ...paths)
    if ((await git('status', '--porcelain', '--ignore-submodules=all', '--', ...paths)) === '')
      return { type: 'none' }
    await git(...identity, 'commit', '--quiet', '--message', message, '--', ...paths)
    return { type: 'committed', text: await git('log', '-1', '--format=%h %s') }
  } catch (thrown) {
    return { type: 'failed', reason: reasonOf(thrown) }
  }
}

/** What git has begun in the repository, and leaves a file for until it is ended: a commit would be a part of it. */
const OPERATIONS = [
  ['rebase-merge', 'rebase'],
  ['rebase-apply', 'rebase'],
  ['MERGE_HEAD', 'merge'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
  ['BISECT_LOG', 'bisect'],
] as const

async function operationInProgress(
  directory: string,
  git: (...args: readonly string[]) => Promise<string>,
): Promise<string | null> {
  const asked = OPERATIONS.flatMap(([file]) => ['--git-path', file])
  const paths = (await git('rev-parse', ...asked)).split('\n')
  const found = paths.findIndex((file) => existsSync(resolve(directory, file)))
  return OPERATIONS[found]?.[1] ?? null
}

/** The user's, without what names another repository than the directory, and without directories from which it would take programs. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !NAMES_REPOSITORY.test(name))
  const directories = (process.env['PATH'] ?? '').split(delimiter).filter(isAbsolute)
  return { ...Object.fromEntries(kept), PATH: directories.join(delimiter) }
}

const NAMES_REPOSITORY =
  /^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|NAMESPACE|CEILING_DIRECTORIES|EXTERNAL_DIFF|EXEC_PATH|TEMPLATE_DIR)$/

function reasonOf(thrown: unknown): string {
  const { stderr, killed, message } = Object(thrown)
  if (killed === true) return commitTimedOut(TIMEOUT_MS / 1000)
  const [line = ''] = String(stderr ?? '')
    .trim()
    .split('\n')
  return line || String(message)
}

const TIMEOUT_MS = 30_000

const SETTINGS = [
  ...['-c', 'safe.bareRepository=explicit'],
  ...['-c', 'core.hooksPath=/dev/null'],
  ...['-c', 'core.fsmonitor=false'],
  ...['-c', 'commit.gpgSign=false'],
  ...['-c', 'credential.helper='],
  ...['-c', 'protocol.allow=never'],
  // It would continue in the background.
  ...['-c', 'gc.auto=0'],
  ...['-c', 'maintenance.auto=false'],
]

const NEVER_PROMPT = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: '',
  SSH_ASKPASS: '',
  GIT_EDITOR: 'true',
  GIT_NO_LAZY_FETCH: '1',
  LC_ALL: 'C',
}

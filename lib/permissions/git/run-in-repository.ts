import { sideEffects } from '../messages.ts'
import { askGit, type GitResult, runGit } from './ask-git.ts'
import { isExecutable } from './executable-settings.ts'
import { parseSettings } from './git-settings.ts'

/**
 * Runs git as `runGit` does, for what looks at files or writes: not where a setting of the repository names a program. Which
 * repository that is, git has just decided itself in the same directory: this holds even where `findGitDanger` has judged another.
 */
export async function runInRepository(
  directory: string,
  args: readonly string[],
  input?: Buffer,
): Promise<GitResult> {
  const danger = await findListedDanger(directory)
  if (danger !== null) return { ok: false, reason: danger }
  return runGit(directory, [...OVERRIDES.flatMap((one) => ['-c', one]), ...args], input)
}

/** Why git must not run in a directory, by the settings that it lists there itself; null when it may. */
export async function findListedDanger(
  directory: string,
  isDangerous: typeof isExecutable = isExecutable,
): Promise<string | null> {
  // Of any owner: listing settings runs nothing.
  const args = ['-c', 'safe.directory=*', 'config', '--list', '--includes', '-z']
  const output = await askGit(directory, args)
  if (output === null) return sideEffects.gitRefuses
  const settings = parseSettings(output)
  const found = settings.find((one) => isDangerous(one, settings))
  return found === undefined ? null : sideEffects.runsGitSetting(found.name)
}

/** What the repository could set in the meantime. */
const OVERRIDES: readonly string[] = [
  'core.alternateRefsCommand=false',
  'core.askPass=false',
  'core.editor=false',
  'core.pager=cat',
  'core.sshCommand=false',
  'sequence.editor=false',
  'credential.helper=',
  'protocol.allow=never',
  'commit.gpgSign=false',
  'gpg.program=false',
  'gpg.ssh.program=false',
  'gpg.x509.program=false',
  'log.showSignature=false',
  'submodule.recurse=false',
  'diff.ignoreSubmodules=all',
  'diff.submodule=short',
  'status.submoduleSummary=false',
  'gc.auto=0',
  'maintenance.auto=false',
]

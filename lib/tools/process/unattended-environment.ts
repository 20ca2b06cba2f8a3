import { delimiter, isAbsolute, join } from 'node:path'
import { isShellVariable } from '../../permissions/shell/tables/env-variables.ts'
import { FAILING_EDITOR, gitOverrides } from './environment.ts'
import { isInsideProject, withoutProjectLibraries } from './search-variables.ts'

/** Whether a line only reads, or contains programs that a rule allows and that need more of the user's environment. */
export type UnattendedKind = 'readOnly' | 'byRule'

interface UnattendedOptions {
  readonly directory: string
  /** Whether the user trusts the directory: then a line that a rule allows finds the programs of its packages. */
  readonly isTrusted: boolean
  readonly kind: UnattendedKind
  /** The line, by whose programs it is decided which keys it gets. */
  readonly line?: string
}

/**
 * The environment of a command line that runs without approval: nothing of it comes from the project or changes how the
 * shell and git read the line that was judged.
 */
export function unattendedEnvironment(
  environment: Readonly<Record<string, string>>,
  { directory, isTrusted, kind, line = '' }: UnattendedOptions,
): Record<string, string> {
  const isReading = kind === 'readOnly'
  const kept = Object.entries(withoutProjectLibraries(environment, directory)).filter(
    ([name]) =>
      !(isReading && !READING.test(name) && !isKeyOf(name, line)) &&
      !DROPPED.test(name) &&
      // The rules take such a name for a variable of the line itself, which contains no secret.
      !isShellVariable(name) &&
      !GIT_LOCATION.test(name),
  )
  const PATH = pathOutside(environment, directory, isTrusted && kind === 'byRule')
  const settings = isReading ? [...GIT_SETTINGS, ...READING_GIT_SETTINGS] : GIT_SETTINGS
  return {
    ...Object.fromEntries(kept),
    ...(isReading ? READING_GIT : {}),
    ...gitOverrides(settings),
    PATH,
    LC_ALL: 'C.UTF-8',
    GIT_PAGER: 'cat',
    // `less` runs no program for a file, which a file of the home directory could name.
    LESSSECURE: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
  }
}

/** Variables by which bash and common programs read options, files and code. */
const DROPPED =
  /^(CDPATH|GLOBIGNORE|BASHOPTS|SHELLOPTS|POSIXLY_CORRECT|POSIX_PEDANTIC|BASH_ENV|ENV|PROMPT_COMMAND|BASH_COMPAT|BASH_XTRACEFD|BASH_LOADABLES_PATH|BASH_FUNC_.*|EXECIGNORE|FIGNORE|IFS|PS[0-4]|AWKPATH|AWKLIBPATH|GAWK_.*|GREP_OPTIONS|LESS.*|MORE|RIPGREP_CONFIG_PATH|LANG|LANGUAGE|LC_.*)$/

/**
 * What a line that only reads gets: who and where the user is, what programs need to start and how they print. Nothing else, so
 * that no program can show a secret of the environment.
 */
const READING =
  /^(PATH|HOME|USER|LOGNAME|SHELL|TERM|COLORTERM|NO_COLOR|CLICOLOR|FORCE_COLOR|COLUMNS|LINES|TZ|TZDIR|TERMINFO|TERMINFO_DIRS|LOCPATH|GCONV_PATH|NLSPATH|MAGIC|TMPDIR|PWD|OLDPWD|SHLVL|HOSTNAME|CI|EDITOR|VIRTUAL_ENV|CONDA_PREFIX|LS_COLORS|XDG_\w+|LD_LIBRARY_PATH|LD_PRELOAD|LD_AUDIT|DYLD_\w*LIBRARY_PATH|DEVELOPER_DIR|SDKROOT|NIX_\w+|NVM_(DIR|BIN)|VOLTA_HOME|FNM_\w+|ASDF_\w+|PYENV_ROOT|RBENV_ROOT|MISE_\w+|JAVA_HOME|GNUPGHOME|SSL_CERT_(FILE|DIR)|(https?|all|no)_proxy|(HTTPS?|ALL|NO)_PROXY)$/

/** The keys and addresses of `gh` and `letta`, for a line that starts them: one that only names them gets none. */
function isKeyOf(name: string, line: string): boolean {
  if (/^(GH_\w+|GITHUB_(ENTERPRISE_)?TOKEN)$/.test(name)) return STARTS_GH.test(line)
  return name.startsWith('LETTA_') && STARTS_LETTA.test(line)
}

/** Where a command begins, also after a program that runs another one. */
const COMMAND_START = String.raw`(?:^|[\n;|&(]|\b(?:do|then|else|if|while|until)\s|!\s)\s*(?:(?:timeout|nice|time|env|command)\s[^\n;|&()]{0,80}?)?(?:[^\s;|&()]{0,200}/)?`

const STARTS_GH = new RegExp(`${COMMAND_START}gh\\s`)

const STARTS_LETTA = new RegExp(`${COMMAND_START}letta\\s`)

/** Where git finds the repository, and settings that were added to it. */
const GIT_LOCATION =
  /^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|NAMESPACE|CEILING_DIRECTORIES|EXTERNAL_DIFF|CONFIG_.*|ATTR_SOURCE|TRACE.*|EXEC_PATH|TEMPLATE_DIR)$/

/** A line that only reads opens no connection, not even for the missing objects of a partial clone. */
const READING_GIT = { GIT_NO_LAZY_FETCH: '1', GIT_ALLOW_PROTOCOL: 'none' }

/** Overrides for every line that runs without approval, so that a repository cannot make git run programs. */
const GIT_SETTINGS: readonly (readonly [string, string])[] = [
  ['safe.bareRepository', 'explicit'],
  ['core.fsmonitor', 'false'],
  ['core.pager', 'cat'],
  ['core.editor', FAILING_EDITOR],
  ['sequence.editor', FAILING_EDITOR],
  ['protocol.ext.allow', 'never'],
  ['log.showSignature', 'false'],
  // Git would compare in the submodule, by the settings of that repository.
  ['diff.submodule', 'short'],
]

const READING_GIT_SETTINGS: readonly (readonly [string, string])[] = [
  ['core.hooksPath', '/dev/null'],
  ['log.diffMerges', 'off'],
  ['diff.trustExitCode', 'false'],
  // `git diff` rewrites the index, whatever GIT_OPTIONAL_LOCKS is.
  ['diff.autoRefreshIndex', 'false'],
  ['diff.ignoreSubmodules', 'dirty'],
  // `git status` would start the script git-submodule.
  ['status.submoduleSummary', 'false'],
  // Where `--no-ext-diff` is missing, git fails.
  ['diff.external', ''],
  ['core.askPass', 'false'],
  ['core.sshCommand', 'false'],
  ['credential.helper', ''],
]

/** The user's own directories in their order; with packages also those of the project's packages that were there at start. */
function pathOutside(
  environment: Readonly<Record<string, string>>,
  directory: string,
  withPackages: boolean,
): string {
  const packages = [environment['VIRTUAL_ENV'], environment['CONDA_PREFIX']].flatMap((one) =>
    one === undefined ? [] : [join(one, 'bin')],
  )
  const isPackages = (entry: string): boolean =>
    withPackages &&
    (packages.includes(entry) || /\/(\.?venv\/bin|node_modules\/\.bin)$/.test(entry))
  const entries = (environment['PATH'] ?? '').split(delimiter)
  const outside = entries.filter(
    (entry) => isAbsolute(entry) && (!isInsideProject(entry, directory) || isPackages(entry)),
  )
  return outside.length > 0 ? outside.join(delimiter) : SYSTEM_PATH
}

const SYSTEM_PATH = '/usr/local/bin:/usr/bin:/bin'

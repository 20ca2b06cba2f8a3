import { delimiter, join, resolve } from 'node:path'
import { isInside } from '../../fs/is-inside.ts'
import { resolvePathSync } from '../../fs/resolve-path.ts'
import { NO_EDITOR } from '../messages/shell.ts'
import { withoutProjectLibraries } from './search-variables.ts'

const OURS = /^LETTA_.*(KEY|TOKEN|PASSWORD|SECRET)/
const PROVIDERS =
  /^(ANTHROPIC|AZURE|AZURE_OPENAI|CEREBRAS|COHERE|DEEPSEEK|FIREWORKS|GEMINI|GOOGLE|GOOGLE_GENERATIVE_AI|GROQ|MINIMAX|MISTRAL|MOONSHOT|OPENAI|OPENROUTER|PERPLEXITY|TOGETHER|XAI|ZAI)_(API_KEY|AUTH_TOKEN)$/
/** Variables that `npm start` adds for its child process. */
const NPM = /^(npm_(command|config|execpath|lifecycle|node_execpath|package)|INIT_CWD$)/

/** The user's terminal by its name. A pinentry or an editor would draw on it and take the keys of the workbench. */
const TERMINAL = /^(GPG_TTY|SSH_TTY|TTY)$/

/** Fails at once: an editor without a terminal would wait for input until the time is over. */
export const FAILING_EDITOR = `sh -c 'echo "${NO_EDITOR}" >&2; exit 1'`

/** Editors of programs that open nothing: the user's scripts set them where no editor is wanted. */
const SILENT_EDITOR = /^(true|false|:|cat|\/(usr\/)?bin\/(true|false|cat))$/

/** Programs must not start a pager, use colors or ask for a password. */
const FIXED = {
  GIT_PAGER: 'cat',
  PAGER: 'cat',
  MANPAGER: 'cat',
  SYSTEMD_PAGER: 'cat',
  GH_PAGER: 'cat',
  AWS_PAGER: '',
  TERM: 'dumb',
  GIT_TERMINAL_PROMPT: '0',
}

interface ChildOptions {
  /** The project. */
  readonly directory: string
  /** Whether the user trusts it: then its directories keep their place in PATH. */
  readonly isTrusted: boolean
}

/** The environment of child processes: the user's, without the keys of letta, the variables of its launcher and the terminal. */
export function childEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  options: ChildOptions,
): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || isOwnKey(name) || NPM.test(name) || TERMINAL.test(name)) continue
    if (name === 'PATH') kept[name] = pathOf(value, environment, options)
    else if (name === 'NODE_OPTIONS') Object.assign(kept, usersNodeOptions(value))
    else if (!EDITORS.includes(name) || SILENT_EDITOR.test(value)) kept[name] = value
  }
  const { directory, isTrusted } = options
  const safe = isTrusted ? kept : withoutProjectLibraries(kept, directory)
  return { EDITOR: FAILING_EDITOR, VISUAL: FAILING_EDITOR, ...safe, ...FIXED, ...quietGit(safe) }
}

const EDITORS = ['EDITOR', 'VISUAL', 'GIT_EDITOR', 'GIT_SEQUENCE_EDITOR']

/** Whether a variable contains a key of letta itself, not one that the user's programs need. */
export function isOwnKey(name: string): boolean {
  return OURS.test(name) || PROVIDERS.test(name)
}

/**
 * In a directory that is not trusted its own directories come last, so that its programs do not replace programs of the system.
 * The virtual environment that the user has activated stays where it is: the user's terminal finds its programs, too.
 */
function pathOf(
  searchPath: string,
  environment: Readonly<Record<string, string | undefined>>,
  { directory, isTrusted }: ChildOptions,
): string {
  if (isTrusted) return searchPath
  const activated = [environment['VIRTUAL_ENV'], environment['CONDA_PREFIX']].flatMap((one) =>
    one ? [join(one, 'bin')] : [],
  )
  const all = searchPath.split(delimiter)
  const project = resolvePathSync(directory)
  const isOwn = (entry: string): boolean =>
    isInside(resolvePathSync(resolve(directory, entry)), project)
  const own = all.filter((entry) => isOwn(entry) && !activated.includes(entry))
  return own.length === 0
    ? searchPath
    : [...all.filter((one) => !own.includes(one)), ...own].join(delimiter)
}

/**
 * Overrides of the git configuration, so that a repository cannot make read-only git commands run programs, and no editor opens.
 * `git -c core.editor=…` and GIT_EDITOR still override them.
 */
const GIT_CONFIG = [
  ['core.editor', FAILING_EDITOR],
  ['sequence.editor', FAILING_EDITOR],
  ['core.fsmonitor', 'false'],
  ['core.pager', 'cat'],
  ['protocol.ext.allow', 'never'],
] as const

/** Adds the overrides after the settings that the user's environment already contains. */
function quietGit({
  GIT_CONFIG_PARAMETERS: given,
}: Readonly<Record<string, string>>): Record<string, string> {
  return { GIT_OPTIONAL_LOCKS: '0', ...gitOverrides(GIT_CONFIG, given) }
}

/**
 * Settings as `git -c` passes them on to the programs that it starts: every git reads this variable, and GIT_CONFIG_COUNT only since
 * 2.31.
 */
export function gitOverrides(
  settings: readonly (readonly [name: string, value: string])[],
  given = '',
): Readonly<Record<string, string>> {
  const quoted = settings.map(([name, value]) => `'${name}=${value.replaceAll("'", "'\\''")}'`)
  return { GIT_CONFIG_PARAMETERS: [given, ...quoted].join(' ').trim() }
}

/** Removes preloaded modules and the inspector, which belong to letta or its debugger. The project may need limits and flags. */
function usersNodeOptions(options: string): { NODE_OPTIONS?: string } {
  const kept = options
    .replaceAll(/(^|\s)(--import|--require|-r|--loader|--experimental-loader)(=|\s+)\S+/g, ' ')
    .replaceAll(/(^|\s)--inspect\S*/g, ' ')
    .trim()
  return kept === '' ? {} : { NODE_OPTIONS: kept }
}

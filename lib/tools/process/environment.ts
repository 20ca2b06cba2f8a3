import { delimiter, isAbsolute, relative, resolve, sep } from 'node:path'
import { resolvePathSync } from '../../fs/resolve-path.ts'

const OURS = /^LETTA_.*(KEY|TOKEN|PASSWORD|SECRET)/
const PROVIDERS =
  /^(ANTHROPIC|AZURE|AZURE_OPENAI|CEREBRAS|COHERE|DEEPSEEK|FIREWORKS|GEMINI|GOOGLE|GOOGLE_GENERATIVE_AI|GROQ|MINIMAX|MISTRAL|MOONSHOT|OPENAI|OPENROUTER|PERPLEXITY|TOGETHER|XAI|ZAI)_(API_KEY|AUTH_TOKEN)$/
/** Variables that `npm start` adds for its child process. */
const NPM = /^(npm_(command|config|execpath|lifecycle|node_execpath|package)|INIT_CWD$)/

/** Programs must not start a pager, use colors or ask for a password. */
const FIXED = { GIT_PAGER: 'cat', PAGER: 'cat', TERM: 'dumb', GIT_TERMINAL_PROMPT: '0' }

/** The environment of child processes: the user's, without the keys of letta and the variables of its launcher. */
export function childEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  directory: string,
): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || isOwnKey(name) || NPM.test(name)) continue
    const own = OWN.get(name)?.(value, directory) ?? value
    if (own !== '') kept[name] = own
  }
  return { ...kept, ...FIXED, ...quietGit(kept) }
}

/** Whether a variable contains a key of letta itself, not one that the user's programs need. */
export function isOwnKey(name: string): boolean {
  return OURS.test(name) || PROVIDERS.test(name)
}

const OWN = new Map<string, (value: string, directory: string) => string>([
  ['NODE_OPTIONS', usersNodeOptions],
  ['PATH', systemFirst],
])

/** Moves directories of the project to the end, so that its programs do not replace programs of the system. */
function systemFirst(folders: string, directory: string): string {
  const all = folders.split(delimiter)
  const isOwn = (folder: string): boolean => {
    const within = relative(resolvePathSync(directory), resolvePathSync(resolve(directory, folder)))
    return !isAbsolute(within) && within !== '..' && !within.startsWith(`..${sep}`)
  }
  const own = all.filter(isOwn)
  return own.length === 0
    ? folders
    : [...all.filter((one) => !own.includes(one)), ...own].join(delimiter)
}

/** Overrides of the git configuration, so that a repository cannot make read-only git commands run programs. */
const GIT_CONFIG = [
  ['core.fsmonitor', 'false'],
  ['core.pager', 'cat'],
  ['protocol.ext.allow', 'never'],
] as const

/** Adds the overrides after the settings that the user's environment already contains. */
function quietGit(environment: Readonly<Record<string, string>>): Record<string, string> {
  const first = Number(environment['GIT_CONFIG_COUNT'] ?? 0) || 0
  const set: Record<string, string> = {
    GIT_OPTIONAL_LOCKS: '0',
    GIT_CONFIG_COUNT: String(first + GIT_CONFIG.length),
  }
  for (const [index, [key, value]] of GIT_CONFIG.entries()) {
    set[`GIT_CONFIG_KEY_${first + index}`] = key
    set[`GIT_CONFIG_VALUE_${first + index}`] = value
  }
  return set
}

/** Removes preloaded modules and the inspector, which belong to letta or its debugger. The project may need limits and flags. */
function usersNodeOptions(options: string): string {
  return options
    .replaceAll(/(^|\s)(--import|--require|-r|--loader|--experimental-loader)(=|\s+)\S+/g, ' ')
    .replaceAll(/(^|\s)--inspect\S*/g, ' ')
    .trim()
}

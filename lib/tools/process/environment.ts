import { delimiter, isAbsolute, relative, resolve, sep } from 'node:path'
import { resolvePathSync } from '../../fs/resolve-path.ts'

const OURS = /^LETTA_.*(KEY|TOKEN|PASSWORD|SECRET)/
const PROVIDERS =
  /^(ANTHROPIC|AZURE|AZURE_OPENAI|CEREBRAS|COHERE|DEEPSEEK|FIREWORKS|GEMINI|GOOGLE|GOOGLE_GENERATIVE_AI|GROQ|MINIMAX|MISTRAL|MOONSHOT|OPENAI|OPENROUTER|PERPLEXITY|TOGETHER|XAI|ZAI)_(API_KEY|AUTH_TOKEN)$/
/** What `npm start` adds for its own child. */
const NPM = /^(npm_(command|config|execpath|lifecycle|node_execpath|package)|INIT_CWD$)/

/** Programs must neither page nor color nor ask for a password. */
const FIXED = { GIT_PAGER: 'cat', PAGER: 'cat', TERM: 'dumb', GIT_TERMINAL_PROMPT: '0' }

/** What child processes get: the user's environment without our keys, and without what launched us. */
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

/** A variable that holds a key of letta itself, not one that the user's programs need. */
export function isOwnKey(name: string): boolean {
  return OURS.test(name) || PROVIDERS.test(name)
}

const OWN = new Map<string, (value: string, directory: string) => string>([
  ['NODE_OPTIONS', usersNodeOptions],
  ['PATH', systemFirst],
])

/** A program of the project's that is called like one of the system's is found after it, not in its place. */
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

/** What a repository's own configuration must not make git run for a command that only looks. */
const GIT_CONFIG = [
  ['core.fsmonitor', 'false'],
  ['core.pager', 'cat'],
  ['protocol.ext.allow', 'never'],
] as const

/** Laid over the user's own such settings, if there are any. */
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

/** Preloaded modules and the inspector are ours or our debugger's; limits and flags may be what the project needs. */
function usersNodeOptions(options: string): string {
  return options
    .replaceAll(/(^|\s)(--import|--require|-r|--loader|--experimental-loader)(=|\s+)\S+/g, ' ')
    .replaceAll(/(^|\s)--inspect\S*/g, ' ')
    .trim()
}

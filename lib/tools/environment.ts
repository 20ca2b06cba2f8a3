const OURS = /^LETTA_.*(KEY|TOKEN|PASSWORD|SECRET)/
const PROVIDERS =
  /^(ANTHROPIC|AZURE|AZURE_OPENAI|CEREBRAS|COHERE|DEEPSEEK|FIREWORKS|GEMINI|GOOGLE|GOOGLE_GENERATIVE_AI|GROQ|MINIMAX|MISTRAL|MOONSHOT|OPENAI|OPENROUTER|PERPLEXITY|TOGETHER|XAI|ZAI)_(API_KEY|AUTH_TOKEN)$/
/** What `npm start` adds for its own child. */
const NPM = /^(npm_(command|config|execpath|lifecycle|node_execpath|package)|INIT_CWD$)/

/** Programs must neither page nor colour nor ask for a password. */
const FIXED = { GIT_PAGER: 'cat', PAGER: 'cat', TERM: 'dumb', GIT_TERMINAL_PROMPT: '0' }

/** What child processes get: the user's environment without our keys, and without what launched us. */
export function childEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || OURS.test(name) || PROVIDERS.test(name) || NPM.test(name)) continue
    const own = name === 'NODE_OPTIONS' ? usersNodeOptions(value) : value
    if (own !== '') kept[name] = own
  }
  return { ...kept, ...FIXED }
}

/** Preloaded modules and the inspector are ours or our debugger's; limits and flags may be what the project needs. */
function usersNodeOptions(options: string): string {
  return options
    .replaceAll(/(^|\s)(--import|--require|-r|--loader|--experimental-loader)(=|\s+)\S+/g, ' ')
    .replaceAll(/(^|\s)--inspect\S*/g, ' ')
    .trim()
}

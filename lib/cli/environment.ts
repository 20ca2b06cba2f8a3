interface EnvironmentVariable {
  readonly names: readonly string[]
  readonly help: string
}

/** The variables that change what letta does, as `letta --help`, the manual page and docs/environment.md list them. */
export const ENVIRONMENT: readonly EnvironmentVariable[] = [
  {
    names: ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'GEMINI_API_KEY', 'OPENROUTER_API_KEY'],
    help: 'API keys of model providers',
  },
  {
    names: ['ANTHROPIC_BASE_URL', 'OPENAI_BASE_URL', 'GEMINI_BASE_URL', 'OPENROUTER_BASE_URL'],
    help: 'Other addresses of them; OPENAI_BASE_URL for any compatible endpoint',
  },
  { names: ['OLLAMA_HOST'], help: 'Address of Ollama' },
  {
    names: ['LETTA_MODEL_TIMEOUT'],
    help: 'Seconds until the first token of a model; 0 for no limit',
  },
  { names: ['LETTA_API_KEY'], help: 'Key of Letta Cloud, which is used then' },
  { names: ['LETTA_BASE_URL'], help: 'Address of another Letta server, which is used then' },
  {
    names: ['LETTA_SERVER_PASSWORD'],
    help: 'Its password; for letta serve, the token that clients send',
  },
  {
    names: ['LETTA_CLOUD_URL', 'LETTA_SIGN_IN_URL'],
    help: 'Other addresses of Letta Cloud, and of its sign-in',
  },
  {
    names: ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY'],
    help: 'Proxies, and hosts that are reached without one',
  },
  { names: ['NODE_EXTRA_CA_CERTS'], help: 'File with certificates to accept (PEM)' },
  { names: ['LETTA_HOME'], help: 'Directory of the files of letta, instead of ~/.letta' },
  { names: ['VISUAL', 'EDITOR', 'PAGER'], help: 'Programs that open a text' },
  {
    names: ['NO_COLOR', 'FORCE_COLOR', 'COLORTERM'],
    help: 'No color; 0 to 3 for none, 16, 256 or all colors; truecolor',
  },
  { names: ['LETTA_TUI'], help: 'Toolkit of the screen: blessed or neo-blessed' },
  {
    names: ['LETTA_DEBUG', 'LETTA_DEBUG_TEXT'],
    help: 'File for a log of requests without texts; 1 to include the texts',
  },
  { names: ['XDG_CACHE_HOME'], help: 'Directory for compiled code' },
]

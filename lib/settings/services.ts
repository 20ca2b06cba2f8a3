/** Variables that a connection stands for. Those of one connection belong together: a key goes to no other address. */
export const CONNECTIONS = {
  anthropic: { key: 'ANTHROPIC_API_KEY', address: 'ANTHROPIC_BASE_URL' },
  openai: { key: 'OPENAI_API_KEY', address: 'OPENAI_BASE_URL' },
  google: { key: 'GEMINI_API_KEY', address: 'GEMINI_BASE_URL' },
  openrouter: { key: 'OPENROUTER_API_KEY', address: 'OPENROUTER_BASE_URL' },
  letta: { key: 'LETTA_API_KEY', address: 'LETTA_BASE_URL' },
} as const

export type ConnectionId = keyof typeof CONNECTIONS

/** What a person can connect to. */
export interface Service {
  readonly id: string
  readonly title: string
  /** What it gives: models for the embedded server, or a server in its place. */
  readonly gives: 'models' | 'server'
  readonly connection: ConnectionId
  readonly wantsAddress: boolean
  readonly needsKey: boolean
  /** What the key is called there. */
  readonly keyName: string
  /** Where a key is had, or what stands behind the address. */
  readonly advice: string
}

export const SERVICES: readonly Service[] = [
  vendor('anthropic', 'Anthropic', 'https://console.anthropic.com/settings/keys'),
  vendor('openai', 'OpenAI', 'https://platform.openai.com/api-keys'),
  vendor('google', 'Google', 'https://aistudio.google.com/apikey'),
  vendor('openrouter', 'OpenRouter', 'https://openrouter.ai/settings/keys'),
  {
    id: 'endpoint',
    title: 'OpenAI-compatible endpoint',
    gives: 'models',
    connection: 'openai',
    wantsAddress: true,
    needsKey: false,
    keyName: 'key',
    advice: 'any address, such as http://localhost:8080/v1',
  },
  {
    id: 'cloud',
    title: 'Letta Cloud',
    gives: 'server',
    connection: 'letta',
    wantsAddress: false,
    needsKey: true,
    keyName: 'key',
    advice: 'keys: https://app.letta.com/api-keys',
  },
  {
    id: 'server',
    title: 'Letta server',
    gives: 'server',
    connection: 'letta',
    wantsAddress: true,
    needsKey: false,
    keyName: 'password',
    advice: 'your own, such as http://localhost:8283',
  },
]

function vendor(id: Exclude<ConnectionId, 'letta'>, title: string, keys: string): Service {
  return {
    id,
    title,
    gives: 'models',
    connection: id,
    wantsAddress: false,
    needsKey: true,
    keyName: 'key',
    advice: `keys: ${keys}`,
  }
}

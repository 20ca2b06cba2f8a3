import { noEndpointAt } from '../messages/providers.ts'
import { anthropic } from './anthropic.ts'
import { readBaseUrl } from './base-url.ts'
import { chatCompletions } from './chat-completions.ts'
import { createDemoProvider } from './demo.ts'
import type { Dialect, ProviderEndpoint } from './dialect.ts'
import { fetchJson } from './fetch-json.ts'
import { google } from './google.ts'
import { localProviders } from './local.ts'
import { listModelsOf } from './models.ts'
import { type ModelFacts, type Provider, ProviderError } from './provider.ts'
import { responses } from './responses.ts'
import { createSdkProvider } from './sdk-provider.ts'

type ProviderEnvironment = Readonly<Record<string, string | undefined>>

/** A provider on the internet whose API key is in the environment. */
interface HostedProvider {
  readonly id: string
  readonly title: string
  readonly keyVariable: string
  /** The variable in which other programs look for the same key. */
  readonly otherKeyVariable?: string
  readonly baseUrlVariable: string
  /** A path that verifies the key, for a provider whose list of models needs none. */
  readonly keyPath?: string
  readonly baseUrl: string
  readonly dialect: Dialect
  /** Used with a custom base URL, because proxies rarely implement more than this. */
  readonly customEndpointDialect: Dialect
  /** Models to list while the provider cannot be reached. */
  readonly wellKnown: readonly string[]
}

export const hostedProviders: readonly HostedProvider[] = [
  {
    id: 'anthropic',
    title: 'Anthropic',
    keyVariable: 'ANTHROPIC_API_KEY',
    baseUrlVariable: 'ANTHROPIC_BASE_URL',
    baseUrl: 'https://api.anthropic.com/v1',
    dialect: anthropic,
    customEndpointDialect: anthropic,
    wellKnown: [
      'claude-sonnet-4-5-20250929',
      'claude-haiku-4-5-20251001',
      'claude-opus-4-1-20250805',
    ],
  },
  {
    id: 'openai',
    title: 'OpenAI',
    keyVariable: 'OPENAI_API_KEY',
    baseUrlVariable: 'OPENAI_BASE_URL',
    baseUrl: 'https://api.openai.com/v1',
    dialect: responses,
    customEndpointDialect: chatCompletions,
    wellKnown: ['gpt-5', 'gpt-5-mini', 'gpt-4.1', 'gpt-4o'],
  },
  {
    // Letta server's name for it.
    id: 'google_ai',
    title: 'Google',
    keyVariable: 'GEMINI_API_KEY',
    otherKeyVariable: 'GOOGLE_GENERATIVE_AI_API_KEY',
    baseUrlVariable: 'GEMINI_BASE_URL',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    dialect: google,
    customEndpointDialect: google,
    wellKnown: ['gemini-2.5-pro', 'gemini-2.5-flash', 'gemini-2.5-flash-lite'],
  },
  {
    id: 'openrouter',
    title: 'OpenRouter',
    keyVariable: 'OPENROUTER_API_KEY',
    baseUrlVariable: 'OPENROUTER_BASE_URL',
    baseUrl: 'https://openrouter.ai/api/v1',
    keyPath: '/key',
    dialect: chatCompletions,
    customEndpointDialect: chatCompletions,
    wellKnown: ['anthropic/claude-sonnet-4.5', 'z-ai/glm-4.6', 'google/gemini-2.5-pro'],
  },
]

type FirstDataTimeout = Pick<ProviderEndpoint, 'firstDataTimeoutMs'>

/** `LETTA_MODEL_TIMEOUT`: the seconds that a model may take for its first token, 0 for no limit. */
function readTimeout(environment: ProviderEnvironment): FirstDataTimeout {
  const written = environment['LETTA_MODEL_TIMEOUT']?.trim() ?? ''
  if (!/^\d+$/.test(written)) return {}
  const seconds = Number(written)
  return { firstDataTimeoutMs: seconds === 0 ? null : Math.min(seconds * 1000, MAX_TIMER_MS) }
}

/** Node's timers cannot wait longer. */
const MAX_TIMER_MS = 2 ** 31 - 1

interface FindOptions {
  readonly environment: ProviderEnvironment
  readonly demo: boolean
  readonly probeLocal: boolean
  /** The list of a provider that cannot be reached: an error, or the models that it is known to have (the default). */
  readonly unreachable?: 'error' | 'wellKnown'
  readonly signal?: AbortSignal
}

/** All available providers, in order of preference. */
export async function findProviders(options: FindOptions): Promise<readonly Provider[]> {
  const signal = options.signal ?? new AbortController().signal
  const local = options.probeLocal
    ? localProviders(signal, {
        ollamaHost: options.environment['OLLAMA_HOST'] ?? null,
        ...readTimeout(options.environment),
      })
    : []
  const demo = options.demo ? [createDemoProvider()] : []
  const hosted = providersFromEnvironment(options.environment, options.unreachable)
  return [...demo, ...hosted, ...local]
}

/** The providers with an API key or a base URL in the environment. Does no I/O, for a fast start. */
export function providersFromEnvironment(
  environment: ProviderEnvironment,
  unreachable: FindOptions['unreachable'] = 'wellKnown',
): readonly Provider[] {
  return hostedProviders.flatMap((provider) => {
    const read = (name: string): string | null => environment[name]?.trim() || null
    const key = read(provider.keyVariable) ?? read(provider.otherKeyVariable ?? '')
    const customUrl = read(provider.baseUrlVariable)
    // A base URL without a key is an endpoint that needs none, such as a local proxy.
    return key === null && customUrl === null
      ? []
      : [createProvider(provider, key, customUrl, { ...readTimeout(environment), unreachable })]
  })
}

/** How long verifying a key may take. */
const VERIFY_TIMEOUT_MS = 10_000

/** Requests the models of a provider. Throws a `ProviderError` when the key or the address is wrong. */
export async function verifyProvider(
  provider: HostedProvider,
  { key, address }: { readonly key: string | null; readonly address: string | null },
  signal: AbortSignal,
): Promise<readonly ModelFacts[]> {
  const endpoint = createEndpoint(provider, key, address)
  if (provider.keyPath !== undefined && address === null && key !== null) {
    const url = endpoint.baseUrl + provider.keyPath
    const headers = endpoint.dialect.authorization(key)
    await fetchJson({ url, headers, timeoutMs: VERIFY_TIMEOUT_MS }, endpoint, signal)
  }
  const models = await listModelsOf(endpoint, [], signal)
  if (models.length === 0 && address !== null) await requireAnswersPath(endpoint, signal)
  return models
}

/** A custom endpoint may have no list of models, but a wrong address has neither that nor the path of requests. */
async function requireAnswersPath(
  endpoint: ReturnType<typeof createEndpoint>,
  signal: AbortSignal,
): Promise<void> {
  const { dialect, baseUrl, title, key } = endpoint
  if (dialect.answersPath === undefined) return
  const authorization = key === null ? {} : dialect.authorization(key)
  const headers = { 'content-type': 'application/json', ...authorization }
  const url = baseUrl + dialect.answersPath
  try {
    // Without a model and messages it is rejected before a model is asked.
    await fetchJson({ url, headers, body: {}, timeoutMs: VERIFY_TIMEOUT_MS }, endpoint, signal)
  } catch (thrown) {
    if (!(thrown instanceof ProviderError)) throw thrown
    if (thrown.type === 'authentication') throw thrown
    const isMissing = thrown.status === 404 || thrown.status === 405
    if (!isMissing || /model/i.test(thrown.message)) return
    throw new ProviderError('refused', noEndpointAt(title, baseUrl))
  }
}

function createEndpoint(provider: HostedProvider, key: string | null, customUrl: string | null) {
  return {
    id: provider.id,
    title: customUrl === null ? provider.title : `${provider.title}-compatible endpoint`,
    key,
    ...(customUrl === null
      ? { baseUrl: provider.baseUrl }
      : readBaseUrl(customUrl, provider.customEndpointDialect.version)),
    dialect: customUrl === null ? provider.dialect : provider.customEndpointDialect,
    acceptsAnyModel: customUrl !== null,
  }
}

function createProvider(
  provider: HostedProvider,
  key: string | null,
  customUrl: string | null,
  { unreachable, ...timeout }: FirstDataTimeout & Required<Pick<FindOptions, 'unreachable'>>,
): Provider {
  const endpoint = { ...createEndpoint(provider, key, customUrl), ...timeout }
  const wellKnown = customUrl === null && unreachable === 'wellKnown' ? provider.wellKnown : []
  return createSdkProvider({
    ...endpoint,
    listModels: (signal) => listModelsOf(endpoint, wellKnown, signal),
  })
}

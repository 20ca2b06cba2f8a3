import { anthropic } from './anthropic.ts'
import { chatCompletions } from './chat-completions.ts'
import { createDemoProvider } from './demo.ts'
import type { Dialect } from './dialect.ts'
import { fetchJson } from './fetch-json.ts'
import { google } from './google.ts'
import { localProviders } from './local.ts'
import { listModelsOf } from './models.ts'
import type { ModelFacts, Provider } from './provider.ts'
import { responses } from './responses.ts'
import { createSdkProvider } from './sdk-provider.ts'

export type ProviderEnvironment = Readonly<Record<string, string | undefined>>

/** A vendor reached over the network with a key from the environment. */
export interface HostedProvider {
  readonly id: string
  readonly title: string
  readonly keyVariable: string
  /** Where other programs look for the same key. */
  readonly otherKeyVariable?: string
  readonly baseUrlVariable: string
  /** Asked to learn whether a key is good, where the list of models is for everybody. */
  readonly keyPath?: string
  readonly baseUrl: string
  readonly dialect: Dialect
  /** Spoken instead when the user gives a base URL: proxies seldom speak more than this. */
  readonly customEndpointDialect: Dialect
  /** Said to be there when the vendor's list cannot be had for now. */
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
    // As a Letta server calls it.
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

interface FindOptions {
  readonly environment: ProviderEnvironment
  readonly demo: boolean
  readonly probeLocal: boolean
  readonly signal?: AbortSignal
}

/** All providers there are, in the order of preference. */
export async function findProviders(options: FindOptions): Promise<readonly Provider[]> {
  const signal = options.signal ?? new AbortController().signal
  const local = options.probeLocal ? localProviders(signal) : []
  const demo = options.demo ? [createDemoProvider()] : []
  return [...demo, ...providersFromEnvironment(options.environment), ...local]
}

/** At once and without I/O: for start-up. */
export function providersFromEnvironment(environment: ProviderEnvironment): readonly Provider[] {
  return hostedProviders.flatMap((vendor) => {
    const set = (name: string): string | null => environment[name]?.trim() || null
    const key = set(vendor.keyVariable) ?? set(vendor.otherKeyVariable ?? '')
    const elsewhere = set(vendor.baseUrlVariable)
    // A base URL alone is an endpoint without a key, as local proxies are.
    return key === null && elsewhere === null ? [] : [providerOf(vendor, key, elsewhere)]
  })
}

/** The models of a vendor, asked of it now: throws when the key or the address is wrong. */
export async function verifyProvider(
  vendor: HostedProvider,
  { key, address }: { readonly key: string | null; readonly address: string | null },
  signal: AbortSignal,
): Promise<readonly ModelFacts[]> {
  const endpoint = endpointOf(vendor, key, address)
  if (vendor.keyPath !== undefined && address === null && key !== null) {
    const url = endpoint.baseUrl + vendor.keyPath
    const headers = endpoint.dialect.authorization(key)
    await fetchJson({ url, headers, limitMs: 10_000 }, endpoint, signal)
  }
  return listModelsOf(endpoint, [], signal)
}

function endpointOf(vendor: HostedProvider, key: string | null, elsewhere: string | null) {
  return {
    id: vendor.id,
    title: elsewhere === null ? vendor.title : `${vendor.title}-compatible endpoint`,
    key,
    baseUrl: elsewhere === null ? vendor.baseUrl : baseUrlOf(vendor, elsewhere),
    dialect: elsewhere === null ? vendor.dialect : vendor.customEndpointDialect,
    acceptsAnyModel: elsewhere !== null,
  }
}

function providerOf(
  vendor: HostedProvider,
  key: string | null,
  elsewhere: string | null,
): Provider {
  const endpoint = endpointOf(vendor, key, elsewhere)
  const wellKnown = elsewhere === null ? vendor.wellKnown : []
  return createSdkProvider({
    ...endpoint,
    listModels: (signal) => listModelsOf(endpoint, wellKnown, signal),
  })
}

/** Anthropic's own programs are given the address without the version, others with it: both are right. */
function baseUrlOf(vendor: HostedProvider, url: string): string {
  const plain = url.replace(/\/+$/, '')
  return vendor.dialect === anthropic && !/\/v\d+$/.test(plain) ? `${plain}/v1` : plain
}

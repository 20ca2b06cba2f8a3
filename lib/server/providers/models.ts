import type { Dialect, ProviderEndpoint } from './dialect.ts'
import { fetchJson } from './fetch-json.ts'
import { firstCount, member, members } from './json-members.ts'
import type { ModelFacts } from './provider.ts'
import { ProviderError } from './provider.ts'

/** The window of a hosted model that neither the provider nor the table describes. Nearly all have at least this. */
const DEFAULT_CONTEXT_WINDOW = 128_000

interface KnownModel {
  readonly name: RegExp
  readonly contextWindow: number
  readonly maxOutputTokens: number
}

/** The first match applies. Names use `-` where providers write `.` or `-`. */
const KNOWN_MODELS: readonly KnownModel[] = [
  {
    name: /claude-(opus|sonnet)-(4-[6-9]|[5-9])/,
    contextWindow: 200_000,
    maxOutputTokens: 128_000,
  },
  {
    name: /claude-(opus-4-5|sonnet-4|haiku-4|3-7)/,
    contextWindow: 200_000,
    maxOutputTokens: 64_000,
  },
  { name: /claude-opus-4/, contextWindow: 200_000, maxOutputTokens: 32_000 },
  { name: /claude-3-5/, contextWindow: 200_000, maxOutputTokens: 8_192 },
  { name: /claude-3/, contextWindow: 200_000, maxOutputTokens: 4_096 },
  { name: /claude/, contextWindow: 200_000, maxOutputTokens: 64_000 },
  { name: /gpt-5.*chat/, contextWindow: 128_000, maxOutputTokens: 16_384 },
  { name: /gpt-5/, contextWindow: 400_000, maxOutputTokens: 128_000 },
  { name: /gpt-4-1/, contextWindow: 1_047_576, maxOutputTokens: 32_768 },
  { name: /gpt-4o/, contextWindow: 128_000, maxOutputTokens: 16_384 },
  { name: /gpt-4-turbo/, contextWindow: 128_000, maxOutputTokens: 4_096 },
  { name: /gpt-4/, contextWindow: 8_192, maxOutputTokens: 8_192 },
  { name: /gpt-3/, contextWindow: 16_385, maxOutputTokens: 4_096 },
  { name: /gpt-oss/, contextWindow: 131_072, maxOutputTokens: 131_072 },
  { name: /\bo[134](-|$)/, contextWindow: 200_000, maxOutputTokens: 100_000 },
  { name: /gemini-[23]/, contextWindow: 1_048_576, maxOutputTokens: 65_536 },
  { name: /glm-(4-[6-9]|[5-9])/, contextWindow: 200_000, maxOutputTokens: 128_000 },
  { name: /glm-4/, contextWindow: 128_000, maxOutputTokens: 96_000 },
]

/** Entries of providers' lists that are not chat models. */
const NOT_CHAT_MODELS =
  /embed|whisper|-tts|^tts|dall-e|-image|-audio|realtime|transcribe|moderation|rerank|-search-|^sora|^computer-use|^(gpt-3.*instruct|babbage|davinci)/i

/** The facts of a model: those that its provider states, otherwise those of the table. */
export function createFacts(
  provider: string,
  id: string,
  stated: { contextWindow?: number | null; maxOutputTokens?: number | null; name?: string } = {},
): ModelFacts {
  const plain = id.toLowerCase().replace(/[._]/g, '-')
  const known = KNOWN_MODELS.find((model) => model.name.test(plain))
  return {
    handle: `${provider}/${id}`,
    name: stated.name ?? id,
    contextWindow: stated.contextWindow ?? known?.contextWindow ?? DEFAULT_CONTEXT_WINDOW,
    maxOutputTokens: stated.maxOutputTokens ?? known?.maxOutputTokens ?? null,
  }
}

interface ListingProvider extends ProviderEndpoint {
  readonly id: string
  readonly dialect: Dialect
  /** A custom endpoint may have no list of models, or an odd one. */
  readonly acceptsAnyModel: boolean
}

const LIST_TIMEOUT_MS = 10_000
/** Of a custom endpoint, which may not answer at all. */
const CUSTOM_LIST_TIMEOUT_MS = 4_000
/** The path does not exist at the endpoint. */
const NO_LIST = [404, 405, 501]

/** The models of a hosted provider or a compatible endpoint; well-known ones while it cannot be reached. */
export async function listModelsOf(
  provider: ListingProvider,
  wellKnown: readonly string[],
  signal: AbortSignal,
): Promise<readonly ModelFacts[]> {
  const headers = provider.key === null ? {} : provider.dialect.authorization(provider.key)
  const request = {
    url: provider.baseUrl + provider.dialect.modelsPath,
    headers,
    timeoutMs: provider.acceptsAnyModel ? CUSTOM_LIST_TIMEOUT_MS : LIST_TIMEOUT_MS,
  }
  try {
    const list = await fetchJson(request, provider, signal)
    const rows = provider.dialect.rowsOf?.(list) ?? findRows(list)
    return rows.flatMap((row) => parseRow(provider.id, row))
  } catch (thrown) {
    if (provider.acceptsAnyModel && hasNoList(thrown)) return []
    if (wellKnown.length === 0 || !isTemporary(thrown)) throw thrown
    return wellKnown.map((id) => createFacts(provider.id, id))
  }
}

function hasNoList(thrown: unknown): boolean {
  return thrown instanceof ProviderError && NO_LIST.includes(thrown.status ?? 0)
}

/** The rows of a list, which is itself an array at some endpoints, and has other names at others. */
function findRows(list: unknown): readonly unknown[] {
  if (Array.isArray(list)) return list
  const found = ['data', 'models', 'result', 'items'].map((name) => members(list, name))
  return found.find((rows) => rows.length > 0) ?? []
}

/** Whether the network or the provider is at fault, not the key or the address. */
export function isTemporary(thrown: unknown): boolean {
  if (!(thrown instanceof ProviderError)) return false
  return ['unreachable', 'timeout', 'server', 'rateLimit', 'interrupted'].includes(thrown.type)
}

/** Parses a row of a `/models` list, whose fields differ between servers; none for what is not a chat model. */
export function parseRow(provider: string, row: unknown): readonly ModelFacts[] {
  const id = typeof row === 'string' ? row : idOf(row)
  if (typeof id !== 'string' || id === '' || NOT_CHAT_MODELS.test(id)) return []
  const name = member(row, 'display_name') ?? member(row, 'name')
  return [
    createFacts(provider, id, {
      contextWindow: parseContextWindow(row),
      maxOutputTokens: firstCount(
        member(row, 'max_output_tokens'),
        member(row, 'max_tokens'),
        member(member(row, 'top_provider'), 'max_completion_tokens'),
      ),
      ...(typeof name === 'string' && name !== '' ? { name } : {}),
    }),
  ]
}

/** Ollama's own list has names, some proxies have neither. */
function idOf(row: unknown): unknown {
  return ['id', 'model', 'name', 'model_name', 'slug']
    .map((name) => member(row, name))
    .find((value) => typeof value === 'string' && value !== '')
}

/** The window with which a model is loaded takes precedence over its maximum. */
function parseContextWindow(row: unknown): number | null {
  return firstCount(
    member(member(row, 'meta'), 'n_ctx'),
    member(row, 'loaded_context_length'),
    member(row, 'max_model_len'),
    member(row, 'max_input_tokens'),
    member(row, 'context_window'),
    member(row, 'context_length'),
    member(row, 'max_context_length'),
    member(member(row, 'meta'), 'n_ctx_train'),
  )
}

import type { Dialect, ProviderEndpoint } from './dialect.ts'
import { fetchJson, firstCount, member, members } from './fetch-json.ts'
import type { ModelFacts } from './provider.ts'
import { ProviderError } from './provider.ts'

/** For a hosted model that neither the vendor nor the table knows: what nearly all of them hold. */
const fallbackContext = 128_000

interface KnownModel {
  readonly name: RegExp
  readonly contextWindow: number
  readonly maxOutputTokens: number
}

/** The first line that fits counts. Names with `-` where vendors write `.` or `-`. */
const knownModels: readonly KnownModel[] = [
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

/** What the vendors' own lists hold beside models to talk to. */
const otherUses =
  /embed|whisper|-tts|^tts|dall-e|-image|-audio|realtime|transcribe|moderation|rerank|-search-|^sora|^computer-use|^(gpt-3.*instruct|babbage|davinci)/i

/** Facts of one model: what its vendor tells, else the table. */
export function createFacts(
  provider: string,
  id: string,
  told: { contextWindow?: number | null; maxOutputTokens?: number | null; name?: string } = {},
): ModelFacts {
  const plain = id.toLowerCase().replace(/[._]/g, '-')
  const known = knownModels.find((model) => model.name.test(plain))
  return {
    handle: `${provider}/${id}`,
    name: told.name ?? id,
    contextWindow: told.contextWindow ?? known?.contextWindow ?? fallbackContext,
    maxOutputTokens: told.maxOutputTokens ?? known?.maxOutputTokens ?? null,
  }
}

interface ListingProvider extends ProviderEndpoint {
  readonly id: string
  readonly dialect: Dialect
}

/** The list of a hosted vendor, or of an endpoint that speaks like one; without network, what is well known. */
export async function listModelsOf(
  vendor: ListingProvider,
  wellKnown: readonly string[],
  signal: AbortSignal,
): Promise<readonly ModelFacts[]> {
  const headers = vendor.key === null ? {} : vendor.dialect.authorization(vendor.key)
  const request = { url: vendor.baseUrl + vendor.dialect.modelsPath, headers, limitMs: 10_000 }
  try {
    const list = await fetchJson(request, vendor, signal)
    const rows = vendor.dialect.rowsOf?.(list) ?? members(list, 'data')
    return rows.flatMap((row) => parseRow(vendor.id, row))
  } catch (thrown) {
    if (wellKnown.length === 0 || !isPassing(thrown)) throw thrown
    return wellKnown.map((id) => createFacts(vendor.id, id))
  }
}

/** No network or a vendor in trouble: nothing is wrong with the key or the address. */
function isPassing(thrown: unknown): boolean {
  if (!(thrown instanceof ProviderError)) return false
  return ['unreachable', 'timeout', 'server', 'rateLimit', 'interrupted'].includes(thrown.type)
}

/** One row of a `/models` list, in the several spellings of servers; none for what is no model to talk to. */
export function parseRow(provider: string, row: unknown): readonly ModelFacts[] {
  const id = member(row, 'id')
  if (typeof id !== 'string' || id === '' || otherUses.test(id)) return []
  const name = member(row, 'display_name') ?? member(row, 'name')
  return [
    createFacts(provider, id, {
      contextWindow: contextIn(row),
      maxOutputTokens: firstCount(
        member(row, 'max_output_tokens'),
        member(row, 'max_tokens'),
        member(member(row, 'top_provider'), 'max_completion_tokens'),
      ),
      ...(typeof name === 'string' && name !== '' ? { name } : {}),
    }),
  ]
}

/** What is loaded comes before what the model could hold at most. */
function contextIn(row: unknown): number | null {
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

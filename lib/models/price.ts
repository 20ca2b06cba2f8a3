import prices from './prices.json' with { type: 'json' }

/** US dollars for a million tokens; `[base, tokens, price]` rises for prompts of more tokens. */
type Price = number | readonly [number, number, number] | readonly number[] | null

interface PricedTokens {
  readonly promptTokens: number
  readonly completionTokens: number
  /** Of the prompt, read from the provider's cache. */
  readonly cachedTokens: number
  /** Of the prompt, written to it. */
  readonly cacheWriteTokens?: number
  /** Model calls. */
  readonly steps: number
}

/**
 * What the tokens cost in US dollars by the list prices; null when the price of the model is unknown. `handle`: `provider/model`.
 * A model of OpenRouter costs what its maker asks for.
 */
export function costOf(handle: string, tokens: PricedTokens): number | null {
  const row = priceRow(handle)
  if (row === null) return null
  const [input = null, output = null, read = null, write = null] = row
  if (input === null || output === null) return null
  const perCall = tokens.promptTokens / Math.max(1, tokens.steps)
  const price = (one: Price): number => {
    if (typeof one === 'number' || one === null) return one ?? 0
    const [base = 0, from = Number.POSITIVE_INFINITY, above = base] = one
    return perCall > from ? above : base
  }
  const { promptTokens, completionTokens, cachedTokens, cacheWriteTokens = 0 } = tokens
  const plain = Math.max(0, promptTokens - cachedTokens - cacheWriteTokens)
  const sum =
    plain * price(input) +
    cachedTokens * price(read ?? input) +
    cacheWriteTokens * price(write ?? input) +
    completionTokens * price(output)
  return sum / 1_000_000
}

/** The price of a short prompt and of its answer, in US dollars for a million tokens; null when it is unknown. */
export function listPrice(
  handle: string,
): { readonly input: number; readonly output: number } | null {
  const [input, output] = (priceRow(handle) ?? []).map((one) =>
    typeof one === 'number' || one === null ? one : (one[0] ?? null),
  )
  return input == null || output == null ? null : { input, output }
}

const TABLES: Readonly<Record<string, Readonly<Record<string, readonly Price[]>>>> = prices

/** Compiled when a provider is first asked about. */
const patterns = new Map<string, readonly (readonly [RegExp, readonly Price[]])[]>()

function priceRow(handle: string): readonly Price[] | null {
  const [provider = '', ...rest] = handle.split('/')
  if (provider === 'openrouter' && rest.length > 1)
    return priceRow(rest.join('/').replace(/:.*$/, ''))
  const table = TABLES[ALIASES[provider] ?? provider]
  if (table === undefined) return null
  const name = ALIASES[provider] ?? provider
  const known =
    patterns.get(name) ??
    Object.entries(table).map(([pattern, row]) => [new RegExp(pattern), row] as const)
  patterns.set(name, known)
  const model = rest.join('/')
  return known.find(([pattern]) => pattern.test(model))?.[1] ?? null
}

const ALIASES: Readonly<Record<string, string>> = {
  'openai-proxy': 'openai',
  google: 'google_ai',
  mistralai: 'mistral',
}

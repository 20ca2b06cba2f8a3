import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Writes `lib/models/prices.json` from `@pydantic/genai-prices`, which is 0.8 MB and therefore not a dependency:
 * `npm install --no-save @pydantic/genai-prices && npx tsx bin/dev/prices.ts`
 */
const PACKAGE = 'node_modules/@pydantic/genai-prices/dist/index.js'

/** The providers of the table, by the name that handles have. */
const PROVIDERS: Readonly<Record<string, string>> = {
  anthropic: 'anthropic',
  openai: 'openai',
  google_ai: 'google',
  deepseek: 'deepseek',
  mistral: 'mistral',
  groq: 'groq',
  'x-ai': 'x-ai',
  moonshotai: 'moonshotai',
  'z-ai': 'zai',
}

interface SourceModel {
  readonly id: string
  readonly match: unknown
  readonly prices:
    | SourcePrices
    | readonly { readonly constraint?: unknown; readonly prices: SourcePrices }[]
}
type SourcePrices = Readonly<Record<string, unknown>>

const { findProvider } = (await import(
  pathToFileURL(process.argv[2] ?? path.resolve(PACKAGE)).href
)) as {
  findProvider(query: { readonly providerId: string }): { readonly models: readonly SourceModel[] }
}

const tables = Object.entries(PROVIDERS).map(([name, providerId]) => {
  const { models } = findProvider({ providerId })
  return [name, Object.fromEntries(models.flatMap(rowOf))] as const
})
writeFileSync('lib/models/prices.json', `${JSON.stringify(Object.fromEntries(tables), null, 1)}\n`)

/** A pattern for names of the model, with its prices: input, output, read from the cache, written to it. */
function rowOf({ match, prices }: SourceModel): readonly (readonly [string, readonly unknown[]])[] {
  const current = Array.isArray(prices)
    ? prices.filter((one) => isCurrent(one.constraint)).at(-1)?.prices
    : (prices as SourcePrices)
  const { input_mtok, output_mtok, cache_read_mtok = null, cache_write_mtok = null } = current ?? {}
  if (input_mtok === undefined || output_mtok === undefined) return []
  const row = [input_mtok, output_mtok, cache_read_mtok, cache_write_mtok].map(toPrice)
  const last = row.findLastIndex((price) => price !== null)
  return [[toPattern(match), row.slice(0, last + 1)]]
}

/** US dollars for a million tokens; of a price that rises with the length of the prompt `[base, tokens, price above them]`. */
function toPrice(price: unknown): unknown {
  const { base, tiers } = Object(price)
  return base === undefined ? price : [base, tiers[0].start, tiers[0].price]
}

function isCurrent(constraint: unknown): boolean {
  const { start_date, start_time } = Object(constraint)
  return (
    start_time === undefined && (start_date === undefined || Date.parse(start_date) <= Date.now())
  )
}

function toPattern(match: unknown): string {
  const { equals, starts_with, ends_with, contains, regex, or, and } = Object(match)
  if (equals !== undefined) return `^${escapePattern(equals)}$`
  if (starts_with !== undefined) return `^${escapePattern(starts_with)}`
  if (ends_with !== undefined) return `${escapePattern(ends_with)}$`
  if (contains !== undefined) return escapePattern(contains)
  if (regex !== undefined) return regex
  if (or !== undefined) return or.map(toPattern).join('|')
  return `^${and.map((one: unknown) => `(?=${anywhere(toPattern(one))})`).join('')}`
}

function anywhere(pattern: string): string {
  return pattern.startsWith('^') ? pattern : `.*(?:${pattern})`
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

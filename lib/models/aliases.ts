import { closestMatch } from '../util/did-you-mean.ts'

/** Short names → model names, best first; the first that is available is used. Spelled as `plainName` returns them. */
const aliases: Readonly<Record<string, readonly string[]>> = {
  sonnet: ['claude-sonnet-4-5', 'claude-sonnet-4'],
  'sonnet-4-5': ['claude-sonnet-4-5'],
  'claude-4-5-sonnet': ['claude-sonnet-4-5'],
  opus: ['claude-opus-4-5', 'claude-opus-4-1', 'claude-opus-4'],
  'opus-4-5': ['claude-opus-4-5'],
  'opus-4-1': ['claude-opus-4-1'],
  haiku: ['claude-haiku-4-5', 'claude-3-5-haiku'],
  'haiku-4-5': ['claude-haiku-4-5'],
  gpt5: ['gpt-5'],
  gpt4o: ['gpt-4o'],
  gemini: ['gemini-2-5-pro', 'gemini-2-5-flash'],
  'gemini-2-5': ['gemini-2-5-pro', 'gemini-2-5-flash'],
  'gemini-pro': ['gemini-2-5-pro'],
  'gemini-flash': ['gemini-2-5-flash'],
  glm: ['glm-4-6'],
  glm4: ['glm-4-6'],
}

/** Makers of models first, then resellers. */
const providerOrder = ['anthropic', 'openai', 'google_ai', 'gemini', 'zai']

interface ResolveOptions {
  /** Providers that take any model id, listed or not: `openai` with a base URL of the user's. */
  readonly anyModelOf?: readonly string[]
}

/** The handle that `claude-sonnet-4.5`, `gpt-4o`, `openai/gpt-5`, `GLM-4.6` … refers to. */
export function resolveModel(
  name: string,
  handles: readonly string[],
  { anyModelOf = [] }: ResolveOptions = {},
): string | { readonly unknown: true; readonly near: readonly string[] } {
  const written = name.trim()
  // A Letta server uses `openai-proxy/ID` where others use `openai/ID`.
  const wanted = handles.includes(written) ? written : written.replace(/^openai-proxy\//, 'openai/')
  const exact = handles.find((handle) => handle === wanted)
  const handle = exact ?? meant(wanted, handles) ?? unlisted(wanted, anyModelOf, handles)
  return handle ?? { unknown: true, near: nearTo(wanted, handles) }
}

/** The default model of a new agent; `handles` are in the order of the providers. */
export function defaultModel(handles: readonly string[]): string | null {
  for (const wanted of ['demo/tour', 'anthropic/claude-sonnet-4-5', 'openai/gpt-5']) {
    const [provider = ''] = wanted.split('/')
    const listed = ofProvider(handles, provider)
    const preferred = listed.find((handle) => plainName(handle) === plainName(wanted))
    const handle = preferred ?? listed[0]
    if (handle !== undefined) return handle
  }
  // Every Letta server lists it, but on a self-hosted one it fails without a Letta account.
  return handles.find((handle) => handle !== 'letta/letta-free') ?? handles[0] ?? null
}

function unlisted(
  wanted: string,
  anyModelOf: readonly string[],
  handles: readonly string[],
): string | null {
  const isOf = (id: string): boolean => wanted.startsWith(`${id}/`)
  if (anyModelOf.some(isOf)) return anyModelOf.some((id) => wanted === `${id}/`) ? null : wanted
  // Where nothing is listed at all, the only provider is meant. A model's own id may contain a slash.
  const [only, ...others] = anyModelOf
  const isMeant = only !== undefined && others.length === 0 && handles.length === 0
  return isMeant && wanted !== '' ? `${only}/${wanted}` : null
}

function meant(wanted: string, handles: readonly string[]): string | null {
  const provider = handles.find((handle) => wanted.startsWith(`${providerOf(handle)}/`))
  const scope = provider === undefined ? handles : ofProvider(handles, providerOf(provider))
  const plain = plainName(wanted)
  for (const candidate of [plain, ...(aliases[plain] ?? [])]) {
    const fits = scope.filter((handle) => plainName(handle) === candidate)
    const best = fits.toSorted(
      (one, other) => rank(one, wanted) - rank(other, wanted) || (one < other ? 1 : -1),
    )[0]
    if (best !== undefined) return best
  }
  return null
}

/** The same for every spelling of one model's name: no provider, no date, no tag, `-` for `.`. */
function plainName(name: string): string {
  return name
    .toLowerCase()
    .replace(/^.*\//, '')
    .replace(/:(latest|free)$/, '')
    .replace(/[-@](\d{8}|\d{4}-\d{2}-\d{2}|latest)$/, '')
    .replace(/[.\s_]+/g, '-')
}

/** An exact spelling comes first, then makers before resellers, then the newest date. */
function rank(handle: string, wanted: string): number {
  const place = providerOrder.indexOf(providerOf(handle))
  const spelt = handle.slice(handle.indexOf('/') + 1) === wanted ? 0 : 100
  return spelt + (place < 0 ? providerOrder.length : place)
}

function providerOf(handle: string): string {
  return handle.slice(0, handle.indexOf('/'))
}

function ofProvider(handles: readonly string[], provider: string): readonly string[] {
  return handles.filter((handle) => providerOf(handle) === provider)
}

function nearTo(wanted: string, handles: readonly string[]): readonly string[] {
  const plain = plainName(wanted)
  const containing = handles.filter((handle) => plain !== '' && plainName(handle).includes(plain))
  const names = handles.map(plainName)
  const slip = closestMatch(plain, names)
  const near = slip === null ? [] : handles.filter((_, index) => names[index] === slip)
  return [...new Set([...near, ...containing])].slice(0, 3)
}

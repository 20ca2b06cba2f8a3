import { chatCompletions } from './chat-completions.ts'
import type { ProviderEndpoint } from './dialect.ts'
import { fetchJson, firstCount, member, members } from './fetch-json.ts'
import { createFacts, parseRow } from './models.ts'
import type { ModelFacts, Provider } from './provider.ts'
import { createSdkProvider } from './sdk-provider.ts'

/** A program that serves models on this machine. */
interface LocalServer {
  readonly id: string
  readonly title: string
  readonly port: number
  /** Answers a request that only this program answers so; another program on its port is left alone. */
  isItself(ask: FetchPath): Promise<boolean>
  models(ask: FetchPath): Promise<readonly ModelFacts[]>
}

/** JSON of a path at the server; throws a `ProviderError`. */
type FetchPath = (path: string, body?: unknown) => Promise<unknown>

export const localServers: readonly LocalServer[] = [
  {
    id: 'ollama',
    title: 'Ollama',
    port: 11434,
    isItself: async (ask) =>
      typeof member(await ask('/api/version'), 'version') === 'string' &&
      Array.isArray(member(await ask('/api/tags'), 'models')),
    models: ollamaModels,
  },
  {
    id: 'lmstudio',
    title: 'LM Studio',
    port: 1234,
    isItself: async (ask) => Array.isArray(member(await ask('/api/v0/models'), 'data')),
    models: async (ask) =>
      members(await ask('/api/v0/models'), 'data')
        .filter((row) => member(row, 'type') !== 'embeddings')
        .flatMap((row) => parseRow('lmstudio', row)),
  },
  {
    id: 'llamacpp',
    title: 'llama.cpp',
    port: 8080,
    isItself: async (ask) =>
      typeof member(await ask('/props'), 'default_generation_settings') === 'object',
    async models(ask) {
      const settings = member(await ask('/props'), 'default_generation_settings')
      const contextWindow = firstCount(member(settings, 'n_ctx'))
      const facts = await listed('llamacpp', ask)
      return facts.map((each) => ({ ...each, contextWindow: contextWindow ?? each.contextWindow }))
    },
  },
  {
    id: 'vllm',
    title: 'vLLM',
    port: 8000,
    isItself: async (ask) =>
      typeof member(await ask('/version'), 'version') === 'string' &&
      members(await ask('/v1/models'), 'data').some((row) => member(row, 'owned_by') === 'vllm'),
    models: (ask) => listed('vllm', ask),
  },
]

interface ProbeOptions {
  /** Other ports than the usual ones, by id. */
  readonly ports?: Readonly<Record<string, number>>
  readonly limitMs?: number
}

const PROBE_TIMEOUT_MS = 400

/** The model servers that answer on this machine, all asked at once. */
export async function probeLocalServers(
  signal: AbortSignal,
  { ports = {}, limitMs = PROBE_TIMEOUT_MS }: ProbeOptions = {},
): Promise<readonly Provider[]> {
  const found = await Promise.all(
    localServers.map(async (server) => {
      const endpoint = endpointOf(server, ports[server.id] ?? server.port)
      const answers = await isThere(server, createFetchPath(endpoint, signal, limitMs))
      signal.throwIfAborted()
      return answers ? [providerOf(server, endpoint)] : []
    }),
  )
  return found.flat()
}

/** One for each of them, without asking now who runs: those that do have models when these are listed. */
export function localProviders(signal: AbortSignal): readonly Provider[] {
  return localServers.map((server) => {
    const endpoint = endpointOf(server, server.port)
    const provider = providerOf(server, endpoint)
    return {
      ...provider,
      listModels: async (listing) =>
        (await isThere(
          server,
          createFetchPath(endpoint, AbortSignal.any([signal, listing]), PROBE_TIMEOUT_MS),
        ))
          ? provider.listModels(listing)
          : [],
    }
  })
}

async function isThere(server: LocalServer, ask: FetchPath): Promise<boolean> {
  try {
    return await server.isItself(ask)
  } catch {
    // Nobody there, too slow, or another program: all mean that this server isn't running.
    return false
  }
}

function endpointOf(server: LocalServer, port: number): ProviderEndpoint {
  return { title: server.title, baseUrl: `http://127.0.0.1:${port}/v1`, key: null }
}

function createFetchPath(
  endpoint: ProviderEndpoint,
  signal: AbortSignal,
  limitMs: number,
): FetchPath {
  const origin = new URL(endpoint.baseUrl).origin
  const limit = AbortSignal.any([signal, AbortSignal.timeout(limitMs)])
  return (path, body) => fetchJson({ url: origin + path, body, limitMs }, endpoint, limit)
}

function providerOf(server: LocalServer, endpoint: ProviderEndpoint): Provider {
  return createSdkProvider({
    ...endpoint,
    id: server.id,
    dialect: chatCompletions,
    acceptsAnyModel: false,
    listModels: (signal) => server.models(createFetchPath(endpoint, signal, 5_000)),
  })
}

async function listed(id: string, ask: FetchPath): Promise<readonly ModelFacts[]> {
  return members(await ask('/v1/models'), 'data').flatMap((row) => parseRow(id, row))
}

/** Ollama gives a model this much when nobody says otherwise, however much the model could hold. */
const ollamaContext = 4_096

/** Ollama cuts what doesn't fit without a word, so the window told is what it will really give. */
async function ollamaModels(ask: FetchPath): Promise<readonly ModelFacts[]> {
  const [tags, running] = await Promise.all([ask('/api/tags'), ask('/api/ps')])
  const names = members(tags, 'models').flatMap((row) => {
    const name = member(row, 'name')
    return typeof name === 'string' && !/embed/i.test(name) ? [name] : []
  })
  return Promise.all(
    names.map(async (name) => {
      const loaded = members(running, 'models').find((row) => member(row, 'name') === name)
      const told = firstCount(member(loaded, 'context_length'))
      // One model that Ollama can't describe must not hide the others.
      const show = () => ask('/api/show', { model: name }).catch(() => null)
      const contextWindow = told ?? contextShown(await show())
      return createFacts('ollama', name, { contextWindow })
    }),
  )
}

function contextShown(shown: unknown): number {
  const set = /^num_ctx\s+(\d+)/m.exec(String(member(shown, 'parameters') ?? ''))?.[1]
  if (set !== undefined) return Number(set)
  const facts = Object.entries(member(shown, 'model_info') ?? {})
  const trained = facts.find(([name]) => name.endsWith('.context_length'))?.[1]
  return Math.min(ollamaContext, firstCount(trained) ?? ollamaContext)
}

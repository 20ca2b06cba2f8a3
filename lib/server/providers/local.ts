import { chatCompletions } from './chat-completions.ts'
import type { ProviderEndpoint } from './dialect.ts'
import { fetchJson } from './fetch-json.ts'
import { firstCount, member, members } from './json-members.ts'
import { createFacts, parseRow } from './models.ts'
import type { ModelFacts, Provider } from './provider.ts'
import { createSdkProvider } from './sdk-provider.ts'

/** A program that serves models on this machine. */
interface LocalServer {
  readonly id: string
  readonly title: string
  readonly port: number
  /** Whether the program on the port is this one, by a response that no other gives. */
  identify(ask: FetchPath): Promise<boolean>
  models(ask: FetchPath): Promise<readonly ModelFacts[]>
}

/** Requests JSON from a path of the server. Throws a `ProviderError`. */
type FetchPath = (path: string, body?: unknown) => Promise<unknown>

const OLLAMA_PORT = 11434

/** @internal */
export const localServers: readonly LocalServer[] = [
  {
    id: 'ollama',
    title: 'Ollama',
    port: OLLAMA_PORT,
    identify: async (ask) =>
      typeof member(await ask('/api/version'), 'version') === 'string' &&
      Array.isArray(member(await ask('/api/tags'), 'models')),
    models: ollamaModels,
  },
  {
    id: 'lmstudio',
    title: 'LM Studio',
    port: 1234,
    identify: async (ask) => Array.isArray(member(await ask('/api/v0/models'), 'data')),
    models: async (ask) =>
      members(await ask('/api/v0/models'), 'data')
        .filter((row) => member(row, 'type') !== 'embeddings')
        .flatMap((row) => parseRow('lmstudio', row)),
  },
  {
    id: 'llamacpp',
    title: 'llama.cpp',
    port: 8080,
    identify: async (ask) =>
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
    identify: async (ask) =>
      typeof member(await ask('/version'), 'version') === 'string' &&
      members(await ask('/v1/models'), 'data').some((row) => member(row, 'owned_by') === 'vllm'),
    models: (ask) => listed('vllm', ask),
  },
]

interface ProbeOptions {
  /** Ports that replace the default ones, by id. */
  readonly ports?: Readonly<Record<string, number>>
  readonly timeoutMs?: number
}

/** A server that loads a model answers late. Where nothing listens, the system refuses at once. */
const PROBE_TIMEOUT_MS = 1_500

/**
 * The model servers that run on this machine. They are probed in parallel.
 * @internal
 */
export async function probeLocalServers(
  signal: AbortSignal,
  { ports = {}, timeoutMs = PROBE_TIMEOUT_MS }: ProbeOptions = {},
): Promise<readonly Provider[]> {
  const found = await Promise.all(
    localServers.map(async (server) => {
      const endpoint = endpointOf(server, ports[server.id] ?? server.port)
      const answers = await isRunning(server, createFetchPath(endpoint, signal, timeoutMs))
      signal.throwIfAborted()
      return answers ? [providerOf(server, endpoint)] : []
    }),
  )
  return found.flat()
}

/** One provider for each program, without probing it now. One that does not run lists no models. */
export function localProviders(
  signal: AbortSignal,
  { ollamaHost, ...limits }: LocalOptions,
): readonly Provider[] {
  return localServers.map((server) => {
    const isElsewhere = server.id === 'ollama' && ollamaHost !== null && ollamaHost.trim() !== ''
    const endpoint = {
      ...endpointOf(server, server.port),
      ...(isElsewhere ? { baseUrl: `${readOllamaHost(ollamaHost)}/v1` } : {}),
      ...limits,
    }
    const provider = providerOf(server, endpoint)
    return {
      ...provider,
      listModels: async (listing) =>
        (await isRunning(
          server,
          createFetchPath(endpoint, AbortSignal.any([signal, listing]), PROBE_TIMEOUT_MS),
        ))
          ? provider.listModels(listing)
          : [],
    }
  })
}

interface LocalOptions extends Pick<ProviderEndpoint, 'firstDataTimeoutMs'> {
  /** The variable with which Ollama's own programs are configured. */
  readonly ollamaHost: string | null
}

/**
 * As Ollama reads it: scheme, host and port may all be absent. `0.0.0.0` is where it listens, not where it is.
 * @internal
 */
export function readOllamaHost(written: string): string {
  const plain = written
    .trim()
    .replace(/^['"]|['"]$/g, '')
    .replace(/\/+$/, '')
  const [, scheme = 'http', rest = ''] = /^(?:(https?):\/\/)?(.*)$/i.exec(plain) ?? []
  const [authority = '', ...path] = rest.split('/')
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(authority) ?? []
  const isAny = ['', '0.0.0.0', '[::]'].includes(host)
  const defaultPort = plain.includes('://') && scheme === 'https' ? 443 : OLLAMA_PORT
  const address = `${scheme}://${isAny ? '127.0.0.1' : host}:${port ?? defaultPort}`
  return [address, ...path].join('/')
}

async function isRunning(server: LocalServer, ask: FetchPath): Promise<boolean> {
  try {
    return await server.identify(ask)
  } catch {
    // No response, a slow one or another program's: in each case this server is not running.
    return false
  }
}

function endpointOf(server: LocalServer, port: number): ProviderEndpoint {
  return { title: server.title, baseUrl: `http://127.0.0.1:${port}/v1`, key: null }
}

function createFetchPath(
  endpoint: ProviderEndpoint,
  signal: AbortSignal,
  timeoutMs: number,
): FetchPath {
  const origin = new URL(endpoint.baseUrl).origin
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  return (path, body) => fetchJson({ url: origin + path, body, timeoutMs }, endpoint, limit)
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

/** The context window that Ollama gives a model by default, whatever its maximum. */
const OLLAMA_CONTEXT_WINDOW = 4_096

/** Lists the window that Ollama will actually use, because it silently truncates longer prompts. */
async function ollamaModels(ask: FetchPath): Promise<readonly ModelFacts[]> {
  const [tags, running] = await Promise.all([
    ask('/api/tags'),
    // Older versions do not list the models that are loaded.
    ask('/api/ps').catch(() => null),
  ])
  const names = members(tags, 'models').flatMap((row) => {
    const name = member(row, 'name')
    return typeof name === 'string' && !/embed/i.test(name) ? [name] : []
  })
  return Promise.all(
    names.map(async (name) => {
      const loaded = members(running, 'models').find((row) => member(row, 'name') === name)
      const loadedWindow = firstCount(member(loaded, 'context_length'))
      // A model that Ollama cannot describe must not hide the others.
      const show = () => ask('/api/show', { model: name, name }).catch(() => null)
      const contextWindow = loadedWindow ?? parseContextWindow(await show())
      return createFacts('ollama', name, { contextWindow })
    }),
  )
}

function parseContextWindow(shown: unknown): number {
  const configured = /^num_ctx\s+(\d+)/m.exec(String(member(shown, 'parameters') ?? ''))?.[1]
  if (configured !== undefined) return Number(configured)
  const modelInfo = Object.entries(member(shown, 'model_info') ?? {})
  const trained = modelInfo.find(([name]) => name.endsWith('.context_length'))?.[1]
  return Math.min(OLLAMA_CONTEXT_WINDOW, firstCount(trained) ?? OLLAMA_CONTEXT_WINDOW)
}

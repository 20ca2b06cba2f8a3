import { Letta } from '@letta-ai/letta-client'
import { connect } from '../../lib/client/connect.ts'
import { startLettaServe } from '../support/letta-serve.ts'
import { type ModelEndpoint, startModelEndpoint } from '../support/model-endpoint.ts'
import { type RealServer, startRealServer } from './letta-server/start.ts'

/** A server of the Letta API, and its scripted model. */
export interface ContractBackend {
  readonly client: Letta
  readonly model: ModelEndpoint
  close(): Promise<void>
}

export type BackendName = 'in process' | 'letta serve' | 'original Letta server'

/** `start` starts an original server for the run. An address uses a running one (see README.md). */
const REAL = process.env['LETTA_CONTRACT_SERVER'] ?? ''
const EMBEDDING = 'text-embedding-3-small'

const openings: Readonly<Record<BackendName, () => Promise<ContractBackend>>> = {
  'in process': async () => {
    const model = await endpoint()
    const { client, close } = await connect({
      type: 'embedded',
      database: ':memory:',
      environment: environmentFor(model),
      demo: false,
    })
    return backend(client, model, close)
  },
  'letta serve': async () => {
    const model = await endpoint()
    const server = await startLettaServe(environmentFor(model))
    return backend(clientOf(server), model, async () => void (await server.stop()))
  },
  'original Letta server': async () => {
    const port = Number(process.env['LETTA_CONTRACT_MODEL_PORT'] ?? 0)
    // The original server drops its provider clients without closing them. When their connections are garbage-collected, they
    // remove another connection with the same descriptor from its event loop, which then times out after a minute.
    const model = await endpoint({ port, closesConnections: true })
    const server = await realServer(model)
    return backend(clientOf(server), model, () => server.stop())
  },
}

export const backendNames: readonly BackendName[] =
  REAL === ''
    ? ['in process', 'letta serve']
    : ['in process', 'letta serve', 'original Letta server']

const opened = new Map<BackendName, Promise<ContractBackend>>()

/** Opens each server once for all tests of a run. */
export function openBackend(name: BackendName): Promise<ContractBackend> {
  const backend = opened.get(name) ?? openings[name]()
  opened.set(name, backend)
  return backend
}

// The original server takes half a minute to start, so it starts while other tests run.
if (REAL === 'start') openBackend('original Letta server').catch(() => {})

after('closes the backends of the contract', async function () {
  this.timeout(60_000)
  const settled = await Promise.allSettled(opened.values())
  for (const one of settled) if (one.status === 'fulfilled') await one.value.close()
})

function endpoint(options: Parameters<typeof startModelEndpoint>[1] = {}): Promise<ModelEndpoint> {
  const data = [{ object: 'embedding', index: 0, embedding: Array(1536).fill(0.01) }]
  const usage = { prompt_tokens: 1, total_tokens: 1 }
  const embedding = { object: 'list', model: EMBEDDING, data, usage }
  const posts = { '/v1/embeddings': { [EMBEDDING]: embedding } }
  return startModelEndpoint({ turns: [], posts }, options)
}

function environmentFor(model: ModelEndpoint): Readonly<Record<string, string>> {
  return { OPENAI_API_KEY: 'key-for-tests', OPENAI_BASE_URL: model.url }
}

function clientOf({ url, token }: Pick<RealServer, 'url' | 'token'>): Letta {
  return new Letta({ baseURL: url, apiKey: token, logLevel: 'off' })
}

function backend(client: Letta, model: ModelEndpoint, close: () => Promise<void>): ContractBackend {
  return {
    client: client.withOptions({ maxRetries: 0 }),
    model,
    async close() {
      await close()
      await model.close()
    },
  }
}

async function realServer(model: ModelEndpoint): Promise<Omit<RealServer, 'pid'>> {
  try {
    return REAL === 'start' ? await startRealServer(model.url) : running(REAL)
  } catch (thrown) {
    // An open model would keep the process of the tests from ending.
    await model.close()
    throw thrown
  }
}

function running(url: string): Omit<RealServer, 'pid'> {
  return { url, token: 'token-for-tests', stop: async () => {} }
}

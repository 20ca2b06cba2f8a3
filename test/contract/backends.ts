import { Letta } from '@letta-ai/letta-client'
import { connect } from '../../lib/client/connect.ts'
import { startLettaServe } from '../support/letta-serve.ts'
import { type ModelEndpoint, startModelEndpoint } from '../support/model-endpoint.ts'
import { type RealServer, startRealServer } from './letta-server/start.ts'

/** A server of the Letta API, and the scripted model it asks. */
export interface ContractBackend {
  readonly client: Letta
  readonly model: ModelEndpoint
  close(): Promise<void>
}

export type BackendName = 'in process' | 'letta serve' | 'a real Letta server'

/** `start` starts a real server for the run; an address takes one that runs (README.md tells how). */
const REAL = process.env['LETTA_CONTRACT_SERVER'] ?? ''
const EMBEDDING = 'text-embedding-3-small'

const openings: Readonly<Record<BackendName, () => Promise<ContractBackend>>> = {
  'in process': async () => {
    const model = await endpoint()
    const { client, close } = await connect({
      kind: 'embedded',
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
  'a real Letta server': async () => {
    const port = Number(process.env['LETTA_CONTRACT_MODEL_PORT'] ?? 0)
    // It drops its clients of vendors without closing them; their connections, when collected as garbage, take from its event loop
    // what by then has the same number, and that waits a minute in vain.
    const model = await endpoint({ port, closesConnections: true })
    const server = await realServer(model)
    return backend(clientOf(server), model, () => server.stop())
  },
}

export const backendNames: readonly BackendName[] =
  REAL === '' ? ['in process', 'letta serve'] : ['in process', 'letta serve', 'a real Letta server']

const opened = new Map<BackendName, Promise<ContractBackend>>()

/** One of each kind serves all tests of a run. */
export function openBackend(name: BackendName): Promise<ContractBackend> {
  const backend = opened.get(name) ?? openings[name]()
  opened.set(name, backend)
  return backend
}

// It takes its time to start: that is best spent while other tests run.
if (REAL === 'start') openBackend('a real Letta server').catch(() => {})

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
    // Left open, it would keep the tests from ending.
    await model.close()
    throw thrown
  }
}

function running(url: string): Omit<RealServer, 'pid'> {
  return { url, token: 'token-for-tests', stop: async () => {} }
}

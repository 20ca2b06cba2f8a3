import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { expect } from 'chai'
import {
  localProviders,
  localServers,
  probeLocalServers,
  readOllamaHost,
} from '../../../lib/server/providers/local.ts'
import type { Provider } from '../../../lib/server/providers/provider.ts'
import type { ModelEndpoint, Script } from '../../support/model-endpoint.ts'
import { startModelEndpoint } from '../../support/model-endpoint.ts'
import { never, only, partsOf } from './requests.ts'

const ollama = {
  '/api/version': { version: '0.12.6' },
  '/api/tags': {
    models: [
      { name: 'qwen3:8b' },
      { name: 'gemma3:4b' },
      { name: 'llama3:8b' },
      { name: 'gone:1b' },
      { name: 'nomic-embed-text' },
    ],
  },
  '/api/ps': { models: [{ name: 'qwen3:8b', context_length: 32_768 }] },
}
const lmStudio = {
  '/api/v0/models': {
    object: 'list',
    data: [
      { id: 'qwen3-4b', type: 'llm', loaded_context_length: 16_384, max_context_length: 40_960 },
      { id: 'phi-4', type: 'llm', max_context_length: 16_000 },
      { id: 'nomic', type: 'embeddings', max_context_length: 2_048 },
    ],
  },
}
const llamaCpp = { '/props': { default_generation_settings: { n_ctx: 12_288 } } }
const llamaCppModels = [{ id: 'smollm2.gguf', owned_by: 'llamacpp', meta: { n_ctx_train: 8_192 } }]
const vllm = { '/version': { version: '0.11.0' } }
const vllmModels = [{ id: 'zai-org/GLM-4.6', owned_by: 'vllm', max_model_len: 65_536 }]

describe('The search for local model servers', () => {
  const started: ModelEndpoint[] = []

  async function serve(script: Partial<Script> = {}): Promise<ModelEndpoint> {
    const endpoint = await startModelEndpoint({ turns: [], ...script })
    started.push(endpoint)
    return endpoint
  }

  /** Probes closed ports, except for the given ones. */
  async function probe(ports: Readonly<Record<string, number>>): Promise<readonly Provider[]> {
    const closed = await startModelEndpoint()
    await closed.close()
    const none = localServers.map((server) => [server.id, closed.port])
    return probeLocalServers(never, {
      ports: { ...Object.fromEntries(none), ...ports },
      timeoutMs: 5_000,
    })
  }

  afterEach(async () => {
    for (const endpoint of started.splice(0)) await endpoint.close()
  })

  it('finds nothing where nothing listens', async () => {
    expect(await probe({})).to.deep.equal([])
  })

  it('identifies each server by its own response', async () => {
    const ports = {
      ollama: (await serve({ routes: ollama })).port,
      lmstudio: (await serve({ routes: lmStudio })).port,
      llamacpp: (await serve({ routes: llamaCpp, models: llamaCppModels })).port,
      vllm: (await serve({ routes: vllm, models: vllmModels })).port,
    }
    const found = await probe(ports)
    expect(found.map(({ id, title }) => [id, title])).to.deep.equal([
      ['ollama', 'Ollama'],
      ['lmstudio', 'LM Studio'],
      ['llamacpp', 'llama.cpp'],
      ['vllm', 'vLLM'],
    ])
  })

  it('ignores another program on a known port', async () => {
    const { port } = await serve({ routes: vllm })
    expect(await probe({ ollama: port, lmstudio: port, llamacpp: port, vllm: port })).to.deep.equal(
      [],
    )
  })

  it('finds a server that answers after half a second, as on a busy machine', async () => {
    const slow = createHttpServer((_request, response) => {
      setTimeout(() => response.end('{"version":"0.12.6","models":[]}'), 500)
    })
    await new Promise<void>((resolve) => {
      slow.listen(0, '127.0.0.1', resolve)
    })
    const address = slow.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const unused = Object.fromEntries(localServers.map(({ id }) => [id, 9]))
    try {
      const found = await probeLocalServers(never, { ports: { ...unused, ollama: port } })
      expect(found.map(({ id }) => id)).to.deep.equal(['ollama'])
    } finally {
      slow.close()
    }
  })

  it('does not wait for a program that never answers', async () => {
    const silent = createServer()
    await new Promise<void>((resolve) => {
      silent.listen(0, '127.0.0.1', resolve)
    })
    const address = silent.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const ports = Object.fromEntries(localServers.map(({ id }) => [id, port]))
    try {
      expect(await probeLocalServers(never, { ports, timeoutMs: 30 })).to.deep.equal([])
    } finally {
      silent.close()
    }
  })

  it('stops when it is aborted', async () => {
    const abort = new AbortController()
    abort.abort()
    const thrown = await probeLocalServers(abort.signal).catch((error: unknown) => error)
    expect(thrown).to.equal(abort.signal.reason)
  })

  async function windows(id: string, script: Partial<Script>) {
    const { port } = await serve(script)
    const models = await only(await probe({ [id]: port })).listModels(never)
    return models.map(({ handle, contextWindow }) => [handle, contextWindow])
  }

  it('lists the models of LM Studio with the windows of loaded models', async () => {
    expect(await windows('lmstudio', { routes: lmStudio })).to.deep.equal([
      ['lmstudio/qwen3-4b', 16_384],
      ['lmstudio/phi-4', 16_000],
    ])
  })

  it('lists the model of llama.cpp with its configured window', async () => {
    const script = { routes: llamaCpp, models: llamaCppModels }
    expect(await windows('llamacpp', script)).to.deep.equal([['llamacpp/smollm2.gguf', 12_288]])
  })

  it('lists the models of vLLM with their configured windows', async () => {
    const script = { routes: vllm, models: vllmModels }
    expect(await windows('vllm', script)).to.deep.equal([['vllm/zai-org/GLM-4.6', 65_536]])
  })

  it('lists the models of Ollama with the windows that Ollama uses', async () => {
    const shown = {
      'gemma3:4b': { model_info: { 'gemma3.context_length': 131_072 } },
      'llama3:8b': { parameters: 'num_ctx      16384\nstop "x"', model_info: {} },
    }
    expect(
      await windows('ollama', { routes: ollama, posts: { '/api/show': shown } }),
    ).to.deep.equal([
      ['ollama/qwen3:8b', 32_768],
      ['ollama/gemma3:4b', 4_096],
      ['ollama/llama3:8b', 16_384],
      ['ollama/gone:1b', 4_096],
    ])
  })

  it('returns providers that answer', async () => {
    const { port } = await serve({ turns: [{ text: 'Hello' }], routes: ollama })
    const [first] = await partsOf(only(await probe({ ollama: port })))
    expect(first).to.deep.equal({ type: 'text', delta: 'Hello' })
  })

  it('finds Ollama where OLLAMA_HOST is, in any of its forms', () => {
    const hosts = {
      '': 'http://127.0.0.1:11434',
      '0.0.0.0': 'http://127.0.0.1:11434',
      ':11500': 'http://127.0.0.1:11500',
      box: 'http://box:11434',
      'box:1234': 'http://box:1234',
      'http://10.0.0.5': 'http://10.0.0.5:11434',
      'https://models.example.com/': 'https://models.example.com:443',
      'https://example.com/ollama': 'https://example.com:443/ollama',
      '[::1]:5000': 'http://[::1]:5000',
      '"box"': 'http://box:11434',
    }
    expect(Object.keys(hosts).map(readOllamaHost)).to.deep.equal(Object.values(hosts))
  })

  it('asks the Ollama of OLLAMA_HOST', async () => {
    const { url } = await serve({ routes: ollama })
    const providers = localProviders(never, { ollamaHost: url.replace('/v1', '') })
    const found = providers.find(({ id }) => id === 'ollama')
    expect(await found?.listModels(never)).to.have.length(4)
  })

  it('lists the models of an older Ollama, which does not list those that are loaded', async () => {
    const { '/api/ps': _, ...older } = ollama
    const [provider] = await probe({ ollama: (await serve({ routes: older })).port })
    expect(await provider?.listModels(never)).to.have.length(4)
  })
})

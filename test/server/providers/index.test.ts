import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect } from 'chai'
import { build } from 'esbuild'
import { readBaseUrl } from '../../../lib/server/providers/base-url.ts'
import {
  findProviders,
  hostedProviders,
  providersFromEnvironment,
  verifyProvider,
} from '../../../lib/server/providers/index.ts'
import { messageOf } from '../../../lib/util/user-error.ts'
import { startModelEndpoint } from '../../support/model-endpoint.ts'
import { rejection } from '../../support/rejection.ts'
import { failureOf, never, only, partsOf } from './requests.ts'

const ids = (environment: Record<string, string>) =>
  providersFromEnvironment(environment).map((provider) => provider.id)

describe('Providers from the environment', () => {
  it('are none without keys', () => {
    expect(ids({})).to.deep.equal([])
    expect(ids({ OPENAI_API_KEY: ' ' })).to.deep.equal([])
  })

  it('are one for each key, and for an endpoint without a key', () => {
    expect(ids({ OPENAI_API_KEY: 'a', ANTHROPIC_API_KEY: 'b' })).to.deep.equal([
      'anthropic',
      'openai',
    ])
    expect(ids({ OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' })).to.deep.equal(['openai'])
    expect(ids({ OPENROUTER_API_KEY: 'c' })).to.deep.equal(['openrouter'])
    expect(ids({ GOOGLE_GENERATIVE_AI_API_KEY: 'd' })).to.deep.equal(['google_ai'])
  })

  it('accept any model only at a custom endpoint', () => {
    const any = (environment: Record<string, string>) =>
      only(providersFromEnvironment(environment)).acceptsAnyModel
    expect(any({ OPENAI_API_KEY: 'a' })).to.equal(false)
    expect(any({ OPENAI_API_KEY: 'a', OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' })).to.equal(true)
  })

  it('list the chat models of an endpoint', async () => {
    const models = [
      'gpt-5',
      { id: 'own', context_length: 50_000, max_output_tokens: 4_000 },
      'text-embedding-3-small',
    ]
    const endpoint = await startModelEndpoint({ turns: [], models })
    try {
      const environment = { OPENAI_API_KEY: 'key', OPENAI_BASE_URL: `${endpoint.url}/` }
      const provider = only(providersFromEnvironment(environment))
      expect(await provider.listModels(never)).to.deep.equal([
        { handle: 'openai/gpt-5', name: 'gpt-5', contextWindow: 400_000, maxOutputTokens: 128_000 },
        { handle: 'openai/own', name: 'own', contextWindow: 50_000, maxOutputTokens: 4_000 },
      ])
    } finally {
      await endpoint.close()
    }
  })

  it('are verified at an endpoint without a list of models, but not at an address that is none', async () => {
    const endpoint = await startModelEndpoint({ turns: [], lists: { status: 404 } })
    const openai = only(hostedProviders.filter(({ id }) => id === 'openai'))
    const verified = (address: string) => verifyProvider(openai, { key: null, address }, never)
    try {
      expect(await verified(endpoint.url)).to.deep.equal([])
      const wrong = endpoint.url.replace(/v1$/, 'wrong')
      expect(messageOf(await rejection(verified(wrong)))).to.include(`at ${wrong}`)
    } finally {
      await endpoint.close()
    }
  })

  const lists: Readonly<Record<string, unknown>> = {
    'an array': [{ id: 'mine' }],
    'an array of names': ['mine'],
    'a list of Ollama': { models: [{ name: 'mine', model: 'mine' }] },
    'rows without ids': { data: [{ model_name: 'mine' }] },
  }
  for (const [what, body] of Object.entries(lists)) {
    it(`list the models of an endpoint that sends ${what}`, async () => {
      const endpoint = await startModelEndpoint({ turns: [], lists: { status: 200, body } })
      const provider = only(providersFromEnvironment({ OPENAI_BASE_URL: endpoint.url }))
      const listed = await provider.listModels(never).finally(endpoint.close)
      expect(listed.map(({ handle }) => handle)).to.deep.equal(['openai/mine'])
    })
  }

  for (const lists of [{ status: 404 }, { status: 405 }, { status: 200, body: { data: null } }]) {
    it(`list nothing, without an error, where there is no list (${lists.status})`, async () => {
      const endpoint = await startModelEndpoint({ turns: [], lists })
      const provider = only(providersFromEnvironment({ OPENAI_BASE_URL: endpoint.url }))
      expect(await provider.listModels(never).finally(endpoint.close)).to.deep.equal([])
    })
  }

  const addresses: Readonly<Record<string, (url: string) => string>> = {
    'without a scheme': (url) => url.replace('http://', ''),
    'without a version': (url) => url.replace('/v1', ''),
    'with only host and port': (url) => url.replace('http://', '').replace('/v1', ''),
    'with a slash at its end': (url) => `${url}/`,
    'with the path of a request': (url) => `${url}/chat/completions`,
    'in quotes': (url) => `"${url}"`,
  }
  for (const [how, write] of Object.entries(addresses)) {
    it(`reach an address that is written ${how}`, async () => {
      const endpoint = await startModelEndpoint([{ text: 'Hi' }])
      const environment = { OPENAI_BASE_URL: write(endpoint.url) }
      const provider = only(providersFromEnvironment(environment))
      const models = await provider.listModels(never)
      const parts = await partsOf(provider).finally(endpoint.close)
      expect(models).to.have.length(1)
      expect(parts[0]).to.deep.equal({ type: 'text', delta: 'Hi' })
    })
  }

  it('reach an endpoint whose paths have no version', async () => {
    const server = createServer((request, response) => {
      response.statusCode = request.url === '/models' ? 200 : 404
      response.end('{"data":[{"id":"mine"}]}')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = Object(server.address())
    const provider = only(providersFromEnvironment({ OPENAI_BASE_URL: `127.0.0.1:${port}` }))
    const listed = await provider.listModels(never)
    server.closeAllConnections()
    server.close()
    expect(listed.map(({ handle }) => handle)).to.deep.equal(['openai/mine'])
  })

  it('use https for a host on the internet, http for one nearby', () => {
    const read = (url: string) => readBaseUrl(url, 'v1').baseUrl
    expect(
      ['api.example.com', 'localhost:8080', 'box:1234', '192.168.1.5', 'nas.local'].map(read),
    ).to.deep.equal([
      'https://api.example.com/v1',
      'http://localhost:8080/v1',
      'http://box:1234/v1',
      'http://192.168.1.5/v1',
      'http://nas.local/v1',
    ])
  })

  it('report why a list of models cannot be requested', async () => {
    const closed = await startModelEndpoint()
    await closed.close()
    const provider = only(providersFromEnvironment({ OPENAI_BASE_URL: closed.url }))
    const failure = await provider.listModels(never).catch((thrown: unknown) => thrown)
    expect(failure).to.have.property('type', 'unreachable')
    expect((await failureOf(provider)).type).to.equal('unreachable')
  })
})

describe('The list of providers', () => {
  it('begins with the demo, and only on request', async () => {
    const environment = { ANTHROPIC_API_KEY: 'a' }
    const found = async (demo: boolean) => {
      const providers = await findProviders({ environment, demo, probeLocal: false })
      return providers.map((provider) => provider.id)
    }
    expect(await found(true)).to.deep.equal(['demo', 'anthropic'])
    expect(await found(false)).to.deep.equal(['anthropic'])
  })
})

describe('The start of the program', () => {
  it('loads no SDK of a provider before the first request', async () => {
    const { metafile } = await build({
      entryPoints: ['lib/server/providers/index.ts'],
      bundle: true,
      write: false,
      metafile: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      outdir: 'none',
    })
    const imports = Object.values(metafile.inputs).flatMap((input) => input.imports)
    const eager = imports.filter((each) => each.external && each.kind === 'import-statement')
    expect(
      eager.map((each) => each.path).filter((path) => !path.startsWith('node:')),
    ).to.deep.equal([])
  })
})

import { expect } from 'chai'
import { anthropic } from '../../../lib/server/providers/anthropic.ts'
import { createFacts, listModelsOf, parseRow } from '../../../lib/server/providers/models.ts'
import { startModelEndpoint } from '../../support/model-endpoint.ts'
import { never } from './requests.ts'

describe('The facts of a model', () => {
  const known = {
    'claude-sonnet-4-5-20250929': [200_000, 64_000],
    'claude-opus-4-1-20250805': [200_000, 32_000],
    'anthropic/claude-sonnet-4.5': [200_000, 64_000],
    'gpt-5': [400_000, 128_000],
    'gpt-4o': [128_000, 16_384],
    'gpt-4.1-mini': [1_047_576, 32_768],
    'o3-mini': [200_000, 100_000],
    'google/gemini-2.5-pro': [1_048_576, 65_536],
    'zai-org/GLM-4.6': [200_000, 128_000],
    'never-heard-of': [128_000, null],
  }
  for (const [id, [contextWindow, maxOutputTokens]] of Object.entries(known)) {
    it(`include the limits of ${id}`, () => {
      const handle = `vendor/${id}`
      expect(createFacts('vendor', id)).to.deep.equal({
        handle,
        name: id,
        contextWindow,
        maxOutputTokens,
      })
    })
  }

  it('come from the provider before the table', () => {
    const row = { id: 'gpt-5', context_length: 100_000, top_provider: { max_completion_tokens: 9 } }
    expect(parseRow('openrouter', row)).to.deep.equal([
      { handle: 'openrouter/gpt-5', name: 'gpt-5', contextWindow: 100_000, maxOutputTokens: 9 },
    ])
  })

  it('are not listed for models that do not chat', () => {
    const ids = [
      'whisper-1',
      'text-embedding-3-large',
      'dall-e-3',
      'gpt-4o-realtime-preview',
      7,
      '',
    ]
    expect(ids.flatMap((id) => parseRow('openai', { id }))).to.deep.equal([])
  })
})

describe('The list of a hosted provider’s models', () => {
  it('falls back to well-known models without a network, but not with a wrong key', async () => {
    const endpoint = await startModelEndpoint({ turns: [], lists: { status: 401 } })
    const options = {
      id: 'anthropic',
      title: 'Anthropic',
      key: 'wrong',
      dialect: anthropic,
      acceptsAnyModel: false,
    }
    const list = (baseUrl: string) =>
      listModelsOf({ ...options, baseUrl }, ['claude-sonnet-4-5-20250929'], never)
    const refused = await list(endpoint.url).catch((thrown: unknown) => thrown)
    await endpoint.close()
    expect(refused).to.have.property('type', 'authentication')
    const handles = (await list(endpoint.url)).map((model) => model.handle)
    expect(handles).to.deep.equal(['anthropic/claude-sonnet-4-5-20250929'])
  })
})

import { expect } from 'chai'
import { defaultModel, resolveModel } from '../../lib/models/aliases.ts'

const handles = [
  'anthropic/claude-sonnet-4-20250514',
  'anthropic/claude-sonnet-4-5-20250929',
  'anthropic/claude-opus-4-1-20250805',
  'openai/gpt-4o',
  'openai/gpt-4o-2024-08-06',
  'openai/gpt-4o-mini',
  'openai/gpt-5',
  'openrouter/anthropic/claude-sonnet-4.5',
  'openrouter/google/gemini-2.5-pro',
  'openrouter/z-ai/glm-4.6',
  'ollama/qwen3:8b',
  'ollama/llama3.2:latest',
]

describe('A model name', () => {
  const meanings = {
    'openai/gpt-5': 'openai/gpt-5',
    'claude-sonnet-4.5': 'anthropic/claude-sonnet-4-5-20250929',
    'anthropic/claude-sonnet-4.5': 'anthropic/claude-sonnet-4-5-20250929',
    'claude-sonnet-4-5-20250929': 'anthropic/claude-sonnet-4-5-20250929',
    'Sonnet 4.5': 'anthropic/claude-sonnet-4-5-20250929',
    'claude-sonnet-4': 'anthropic/claude-sonnet-4-20250514',
    opus: 'anthropic/claude-opus-4-1-20250805',
    'gpt-4o': 'openai/gpt-4o',
    'gpt-5': 'openai/gpt-5',
    'GLM-4.6': 'openrouter/z-ai/glm-4.6',
    'gemini-2.5': 'openrouter/google/gemini-2.5-pro',
    'Gemini 2.5': 'openrouter/google/gemini-2.5-pro',
    'openrouter/claude-sonnet-4.5': 'openrouter/anthropic/claude-sonnet-4.5',
    'qwen3:8b': 'ollama/qwen3:8b',
    'llama3.2': 'ollama/llama3.2:latest',
    'openai-proxy/gpt-5': 'openai/gpt-5',
  }
  for (const [name, handle] of Object.entries(meanings)) {
    it(`${name} resolves to ${handle}`, () => {
      expect(resolveModel(name, handles)).to.equal(handle)
    })
  }

  it('resolves to the newest of several dates', () => {
    const dated = ['openai/gpt-4o-2024-05-13', 'openai/gpt-4o-2024-08-06']
    const handle = 'openai/gpt-4o-2024-08-06'
    expect(resolveModel('gpt-4o', dated)).to.equal(handle)
  })

  it('with a provider resolves to models of this provider only', () => {
    expect(resolveModel('ollama/gpt-5', handles)).to.deep.equal({
      unknown: true,
      near: ['openai/gpt-5'],
    })
  })

  it('that is unknown is answered with similar names', () => {
    expect(resolveModel('gpt-6', handles)).to.deep.equal({ unknown: true, near: ['openai/gpt-5'] })
    expect(resolveModel('claude', handles)).to.have.property('unknown', true)
    expect(resolveModel('entirely-else', handles)).to.deep.equal({ unknown: true, near: [] })
    expect(resolveModel('', handles)).to.deep.equal({ unknown: true, near: [] })
  })

  it('in the notation of the original Letta server is unchanged', () => {
    expect(resolveModel('openai-proxy/scripted', ['openai-proxy/scripted'])).to.equal(
      'openai-proxy/scripted',
    )
  })

  it('may be any id at an endpoint that lists no models', () => {
    const options = { anyModelOf: ['openai'] }
    const handle = 'openai/my/own-model'
    expect(resolveModel(handle, [], options)).to.equal(handle)
    expect(resolveModel('openai-proxy/scripted', [], options)).to.equal('openai/scripted')
    expect(resolveModel('openai/', [], options)).to.deep.equal({ unknown: true, near: [] })
  })
})

describe('The default model', () => {
  const anthropic = ['anthropic/claude-opus-4-1-20250805', 'anthropic/claude-sonnet-4-5-20250929']
  const openai = ['openai/gpt-4o', 'openai/gpt-5']
  const local = ['ollama/qwen3:8b', 'ollama/llama3.2']

  it('is Sonnet 4.5 with a key of Anthropic', () => {
    const handles = [...local, ...openai, ...anthropic]
    expect(defaultModel(handles)).to.equal('anthropic/claude-sonnet-4-5-20250929')
  })

  it('is GPT-5 with a key of OpenAI', () => {
    expect(defaultModel([...openai, ...local])).to.equal('openai/gpt-5')
  })

  it('is the first model of a custom endpoint', () => {
    expect(defaultModel(['openai/scripted', 'openai/other'])).to.equal('openai/scripted')
  })

  it('is the first model of a local server when there is no other', () => {
    expect(defaultModel(local)).to.equal('ollama/qwen3:8b')
  })

  it('is the demo when it is requested', () => {
    expect(defaultModel(['demo/tour', ...anthropic])).to.equal('demo/tour')
  })

  it('is missing when no model is available', () => {
    expect(defaultModel([])).to.equal(null)
  })
})

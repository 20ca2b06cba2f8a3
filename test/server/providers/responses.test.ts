import { expect } from 'chai'
import { providerErrors, unusableAnswer } from '../../../lib/server/messages/providers.ts'
import type { Provider } from '../../../lib/server/providers/provider.ts'
import { responses } from '../../../lib/server/providers/responses.ts'
import { createSdkProvider } from '../../../lib/server/providers/sdk-provider.ts'
import type { ModelEndpoint } from '../../support/model-endpoint.ts'
import { startModelEndpoint } from '../../support/model-endpoint.ts'
import { endOf, failureOf, only, partsOf, readTool, requestOf } from './requests.ts'

describe('The OpenAI provider', () => {
  let endpoint: ModelEndpoint
  let provider: Provider

  beforeEach(async () => {
    endpoint = await startModelEndpoint()
    provider = createSdkProvider({
      id: 'openai',
      title: 'OpenAI',
      baseUrl: endpoint.url,
      key: 'sk-test-0123456789',
      dialect: responses,
      acceptsAnyModel: false,
      listModels: async () => [],
    })
  })
  afterEach(() => endpoint.close())

  it('streams reasoning with its encrypted content, text, parallel calls and usage', async () => {
    const calls = [
      { id: 'call_1', name: 'Read', deltas: ['{"file_path"', ':"x"}'] },
      { id: 'call_2', name: 'Read', deltas: ['{}'] },
    ]
    const usage = { prompt: 20, completion: 9, cached: 16, reasoning: 4 }
    endpoint.setTurns([{ reasoning: 'Look first', signature: 'enc', text: 'Sure', calls, usage }])
    const parts = await partsOf(provider, requestOf({ model: 'gpt-5', tools: [readTool] }))
    expect(parts).to.deep.equal([
      { type: 'reasoning', delta: 'Look' },
      { type: 'reasoning', delta: ' first' },
      { type: 'reasoningSignature', signature: 'openai:enc' },
      { type: 'text', delta: 'Sure' },
      { type: 'callStart', callId: 'call_1', name: 'Read' },
      { type: 'callDelta', callId: 'call_1', args: '{"file_path"' },
      { type: 'callDelta', callId: 'call_1', args: ':"x"}' },
      { type: 'callStart', callId: 'call_2', name: 'Read' },
      { type: 'callDelta', callId: 'call_2', args: '{}' },
      {
        type: 'finish',
        reason: 'tool-calls',
        usage: {
          promptTokens: 20,
          completionTokens: 9,
          cachedTokens: 16,
          cacheWriteTokens: 0,
          reasoningTokens: 4,
        },
      },
    ])
  })

  it('stores nothing at OpenAI, and returns its own reasoning', async () => {
    endpoint.setTurns([{ text: 'Done' }])
    const messages = [
      { role: 'system', text: 'Rules.' },
      { role: 'user', content: [{ type: 'text', text: 'Go' }] },
      {
        role: 'assistant',
        reasoning: [
          { text: 'Hmm', signature: 'openai:enc' },
          { text: 'of another vendor', signature: 'anthropic:sig' },
        ],
        text: '',
        calls: [{ callId: 'call_1', name: 'Read', args: '{"file_path":"x"}' }],
      },
      { role: 'tool', callId: 'call_1', name: 'Read', text: 'contents', isError: false },
    ] as const
    const changes = {
      model: 'gpt-5',
      messages,
      tools: [readTool],
      reasoningEffort: 'high',
    } as const
    await partsOf(provider, requestOf(changes))
    const { path, body } = only(endpoint.requests)
    expect(path).to.equal('/v1/responses')
    expect(body).to.deep.include({
      store: false,
      include: ['reasoning.encrypted_content'],
      parallel_tool_calls: true,
      reasoning: { effort: 'high', summary: 'auto' },
    })
    expect(body.input).to.deep.equal([
      { role: 'developer', content: 'Rules.' },
      { role: 'user', content: [{ type: 'input_text', text: 'Go' }] },
      {
        type: 'reasoning',
        encrypted_content: 'enc',
        summary: [{ type: 'summary_text', text: 'Hmm' }],
      },
      {
        type: 'function_call',
        call_id: 'call_1',
        name: 'Read',
        arguments: '{"file_path":"x"}',
      },
      { type: 'function_call_output', call_id: 'call_1', output: 'contents' },
    ])
  })

  it('reports an interrupted response', async () => {
    endpoint.setTurns([
      { text: 'Half an', disconnectAfter: 1 },
      { text: 'Half an', streamError: { code: 'server_error', message: 'Oops' } },
    ])
    const origin = { title: 'OpenAI', baseUrl: endpoint.url, status: null }
    const interrupted = providerErrors.interrupted(origin)
    expect([await failureOf(provider), await failureOf(provider)]).to.deep.equal([
      {
        type: 'interrupted',
        status: null,
        retryAfterMs: null,
        message: `${interrupted}: other side closed`,
      },
      {
        type: 'interrupted',
        status: 500,
        retryAfterMs: null,
        message: `${interrupted}: Oops`,
      },
    ])
  })

  it('reports the finish reason', async () => {
    const reasons: unknown[] = []
    for (const finish of ['max_output_tokens', 'content_filter', 'odd']) {
      endpoint.setTurns([{ text: 'Half an', finish }])
      reasons.push(await endOf(provider))
    }
    expect(reasons).to.deep.equal([
      'length',
      unusableAnswer('content_filter'),
      unusableAnswer('odd'),
    ])
  })
})

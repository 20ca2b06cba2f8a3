import { expect } from 'chai'
import { unusableAnswer } from '../../../lib/server/messages/providers.ts'
import { providersFromEnvironment } from '../../../lib/server/providers/index.ts'
import type { Provider } from '../../../lib/server/providers/provider.ts'
import type { ModelEndpoint } from '../../support/model-endpoint.ts'
import { startModelEndpoint } from '../../support/model-endpoint.ts'
import { endOf, failureOf, never, only, partsOf, readTool, requestOf } from './requests.ts'

const model = 'claude-sonnet-4-5-20250929'
const user = (text: string) => ({ role: 'user', content: [{ type: 'text', text }] }) as const

describe('The Anthropic provider', () => {
  let endpoint: ModelEndpoint
  let provider: Provider

  beforeEach(async () => {
    endpoint = await startModelEndpoint()
    const origin = new URL(endpoint.url).origin
    provider = only(
      providersFromEnvironment({ ANTHROPIC_API_KEY: 'sk-ant-test', ANTHROPIC_BASE_URL: origin }),
    )
  })
  afterEach(() => endpoint.close())

  it('streams thinking with its signature, text, parallel calls and usage', async () => {
    const calls = [
      { id: 'toolu_1', name: 'Read', deltas: ['{"file_path"', ':"x"}'] },
      { id: 'toolu_2', name: 'Read', deltas: [] },
    ]
    const usage = { prompt: 10, completion: 7, cached: 5, cacheWrite: 3 }
    endpoint.setTurns([
      { reasoning: ['Hm', 'm'], signature: 'sig', text: ['Let', ' me'], calls, usage },
    ])
    const parts = await partsOf(provider, requestOf({ model, tools: [readTool] }))
    expect(parts).to.deep.equal([
      { type: 'reasoning', delta: 'Hm' },
      { type: 'reasoning', delta: 'm' },
      { type: 'reasoningSignature', signature: 'anthropic:sig' },
      { type: 'text', delta: 'Let' },
      { type: 'text', delta: ' me' },
      { type: 'callStart', callId: 'toolu_1', name: 'Read' },
      { type: 'callDelta', callId: 'toolu_1', args: '{"file_path"' },
      { type: 'callDelta', callId: 'toolu_1', args: ':"x"}' },
      { type: 'callStart', callId: 'toolu_2', name: 'Read' },
      { type: 'callDelta', callId: 'toolu_2', args: '{}' },
      {
        type: 'finish',
        reason: 'tool-calls',
        usage: {
          promptTokens: 18,
          completionTokens: 7,
          cachedTokens: 5,
          cacheWriteTokens: 3,
          reasoningTokens: 0,
        },
      },
    ])
  })

  it('returns signed thinking and marks the prefixes worth caching', async () => {
    endpoint.setTurns([{ text: 'Done' }])
    const messages = [
      { role: 'system', text: 'Rules.' },
      user('Go'),
      {
        role: 'assistant',
        reasoning: [
          { text: 'Hmm', signature: 'anthropic:sig' },
          { text: '', signature: 'anthropic-redacted:secret' },
          { text: 'of another vendor', signature: 'openai:abc' },
          { text: 'unsigned', signature: null },
        ],
        text: '',
        calls: [
          { callId: 'a', name: 'Read', args: '{"file_path":"x"}' },
          { callId: 'b', name: 'Read', args: '{"file_path' },
        ],
      },
      { role: 'tool', callId: 'a', name: 'Read', text: 'contents', isError: false },
      { role: 'tool', callId: 'b', name: 'Read', text: 'bad arguments', isError: true },
    ] as const
    await partsOf(provider, requestOf({ model, messages, tools: [readTool] }))
    const { path, headers, body } = only(endpoint.requests)
    const ephemeral = { type: 'ephemeral' }
    expect(path).to.equal('/v1/messages')
    expect(headers['x-api-key']).to.equal('sk-ant-test')
    expect(body['system']).to.deep.equal([
      { type: 'text', text: 'Rules.', cache_control: ephemeral },
    ])
    expect(body.tools).to.deep.equal([
      {
        name: 'Read',
        description: 'Reads a file.',
        input_schema: readTool.parameters,
        cache_control: ephemeral,
        eager_input_streaming: true,
      },
    ])
    expect(body.messages).to.deep.equal([
      { role: 'user', content: [{ type: 'text', text: 'Go' }] },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hmm', signature: 'sig' },
          { type: 'redacted_thinking', data: 'secret' },
          { type: 'tool_use', id: 'a', name: 'Read', input: { file_path: 'x' } },
          { type: 'tool_use', id: 'b', name: 'Read', input: { malformed: '{"file_path' } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: 'contents' },
          {
            type: 'tool_result',
            tool_use_id: 'b',
            content: 'bad arguments',
            is_error: true,
            cache_control: ephemeral,
          },
        ],
      },
    ])
  })

  it('converts the call ids of other providers', async () => {
    endpoint.setTurns([{ text: 'Done' }])
    const call = { callId: 'functions.Read:0', name: 'Read', args: '{}' }
    const messages = [
      user('Go'),
      { role: 'assistant', reasoning: [], text: '', calls: [call] },
      { role: 'tool', callId: 'functions.Read:0', name: 'Read', text: 'contents', isError: false },
    ] as const
    await partsOf(provider, requestOf({ model, messages }))
    const sent = JSON.stringify(only(endpoint.requests).body.messages)
    expect(sent.match(/functions[^"]*/g)).to.deep.equal(['functions_Read_0', 'functions_Read_0'])
  })

  it('sends images and forbids parallel calls when asked', async () => {
    endpoint.setTurns([{ text: 'Seen' }])
    const image = { type: 'image', mediaType: 'image/png', base64: 'iVBORw0KGgo=' } as const
    const messages = [{ role: 'user', content: [{ type: 'text', text: 'Look' }, image] }] as const
    const changes = { model, messages, tools: [readTool], parallelToolCalls: false }
    await partsOf(provider, requestOf(changes))
    const { body } = only(endpoint.requests)
    expect(body['tool_choice']).to.deep.equal({ type: 'auto', disable_parallel_tool_use: true })
    expect(body.messages?.[0]?.content).to.deep.equal([
      { type: 'text', text: 'Look' },
      {
        type: 'image',
        source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' },
        cache_control: { type: 'ephemeral' },
      },
    ])
  })

  it('requests thinking by budget or by effort, depending on the model', async () => {
    endpoint.setTurns([{ text: 'One' }, { text: 'Two' }, { text: 'Three' }])
    await partsOf(provider, requestOf({ model, reasoningEffort: 'low' }))
    await partsOf(provider, requestOf({ model: 'claude-opus-4-7', reasoningEffort: 'low' }))
    await partsOf(provider, requestOf({ model, reasoningEffort: 'none' }))
    expect(
      endpoint.requests.map(({ body }) => [body['thinking'], body['output_config']]),
    ).to.deep.equal([
      [{ type: 'enabled', budget_tokens: 4096 }, undefined],
      [{ type: 'adaptive' }, { effort: 'low' }],
      [undefined, undefined],
    ])
  })

  it('disables thinking in a tool loop that another model started', async () => {
    endpoint.setTurns([{ text: 'Done' }])
    const call = { callId: 'a', name: 'Read', args: '{}' }
    const messages = [
      user('Go'),
      { role: 'assistant', reasoning: [], text: '', calls: [call] },
      { role: 'tool', callId: 'a', name: 'Read', text: 'contents', isError: false },
    ] as const
    await partsOf(provider, requestOf({ model, messages, reasoningEffort: 'high' }))
    expect(only(endpoint.requests).body['thinking']).to.equal(undefined)
  })

  it('distinguishes an error in the stream from a broken connection', async () => {
    const overloaded = { type: 'overloaded_error', message: 'Overloaded' }
    endpoint.setTurns([
      { streamError: overloaded },
      { text: 'Half a', streamError: overloaded, disconnectAfter: 1 },
      { text: 'Half a', disconnectAfter: 1 },
    ])
    const kinds = [await failureOf(provider), await failureOf(provider), await failureOf(provider)]
    expect(kinds.map(({ type }) => type)).to.deep.equal(['server', 'interrupted', 'interrupted'])
  })

  it('ends the request at the provider when it is aborted', async () => {
    endpoint.setTurns([{ text: 'Never ending', hang: true }])
    const abort = new AbortController()
    const parts = provider.stream(requestOf({ model }), abort.signal)[Symbol.asyncIterator]()
    await parts.next()
    await parts.next()
    const waiting = parts.next().catch((thrown: unknown) => thrown)
    abort.abort()
    expect(await waiting).to.equal(abort.signal.reason)
    expect(await only(endpoint.requests).outcome).to.equal('aborted')
  })

  it('lists the models with their limits', async () => {
    await endpoint.close()
    endpoint = await startModelEndpoint({
      turns: [],
      models: [
        { id: model, display_name: 'Claude Sonnet 4.5' },
        { id: 'claude-next', max_input_tokens: 500_000, max_tokens: 96_000 },
      ],
    })
    const environment = { ANTHROPIC_API_KEY: 'sk-ant-test', ANTHROPIC_BASE_URL: endpoint.url }
    expect(await only(providersFromEnvironment(environment)).listModels(never)).to.deep.equal([
      {
        handle: `anthropic/${model}`,
        name: 'Claude Sonnet 4.5',
        contextWindow: 200_000,
        maxOutputTokens: 64_000,
      },
      {
        handle: 'anthropic/claude-next',
        name: 'claude-next',
        contextWindow: 500_000,
        maxOutputTokens: 96_000,
      },
    ])
  })

  it('reports the finish reason', async () => {
    const reasons: unknown[] = []
    for (const finish of ['max_tokens', 'refusal', 'odd']) {
      endpoint.setTurns([{ text: 'Half an', finish }])
      reasons.push(await endOf(provider))
    }
    expect(reasons).to.deep.equal(['length', unusableAnswer('refusal'), unusableAnswer('odd')])
  })
})

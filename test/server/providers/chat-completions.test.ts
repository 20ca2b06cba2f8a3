import { expect } from 'chai'
import { unusableAnswer } from '../../../lib/server/messages/providers.ts'
import { providersFromEnvironment } from '../../../lib/server/providers/index.ts'
import type { Provider } from '../../../lib/server/providers/provider.ts'
import type { ModelEndpoint } from '../../support/model-endpoint.ts'
import { startModelEndpoint } from '../../support/model-endpoint.ts'
import { endOf, failureOf, never, only, partsOf, readTool, requestOf } from './requests.ts'

const key = 'sk-test-0123456789abcdef'

describe('An OpenAI-compatible endpoint', () => {
  let endpoint: ModelEndpoint
  let provider: Provider

  beforeEach(async () => {
    endpoint = await startModelEndpoint()
    const environment = { OPENAI_API_KEY: key, OPENAI_BASE_URL: endpoint.url }
    provider = only(providersFromEnvironment(environment))
  })
  afterEach(() => endpoint.close())

  it('streams reasoning, text and usage', async () => {
    const usage = { prompt: 12, completion: 5, cached: 8, reasoning: 2 }
    endpoint.setTurns([{ reasoning: 'Think first', text: 'Good day', usage }])
    expect(await partsOf(provider)).to.deep.equal([
      { type: 'reasoning', delta: 'Think' },
      { type: 'reasoning', delta: ' first' },
      { type: 'text', delta: 'Good' },
      { type: 'text', delta: ' day' },
      {
        type: 'finish',
        reason: 'stop',
        usage: {
          promptTokens: 12,
          completionTokens: 5,
          cachedTokens: 8,
          cacheWriteTokens: 0,
          reasoningTokens: 2,
        },
      },
    ])
  })

  it('streams the raw deltas of a tool call, even if they are not valid JSON', async () => {
    const calls = [{ id: 'call_1', name: 'Read', deltas: ['{"file', '_path": ', 'oops'] }]
    endpoint.setTurns([{ calls }])
    const parts = await partsOf(provider, requestOf({ tools: [readTool] }))
    expect(parts.slice(0, -1)).to.deep.equal([
      { type: 'callStart', callId: 'call_1', name: 'Read' },
      { type: 'callDelta', callId: 'call_1', args: '{"file' },
      { type: 'callDelta', callId: 'call_1', args: '_path": ' },
      { type: 'callDelta', callId: 'call_1', args: 'oops' },
    ])
  })

  it('separates the interleaved deltas of parallel calls', async () => {
    const calls = [
      { id: 'a', name: 'Read', deltas: ['{"file_path"', ':"x"}'] },
      { id: 'b', name: 'Read', deltas: ['{"file_path"', ':"y"', '}'] },
    ]
    endpoint.setTurns([{ calls, interleave: true }])
    const parts = await partsOf(provider, requestOf({ tools: [readTool] }))
    expect(parts.slice(0, -1)).to.deep.equal([
      { type: 'callStart', callId: 'a', name: 'Read' },
      { type: 'callDelta', callId: 'a', args: '{"file_path"' },
      { type: 'callDelta', callId: 'a', args: ':"x"}' },
      { type: 'callStart', callId: 'b', name: 'Read' },
      { type: 'callDelta', callId: 'b', args: '{"file_path"' },
      { type: 'callDelta', callId: 'b', args: ':"y"' },
      { type: 'callDelta', callId: 'b', args: '}' },
    ])
    expect(parts.at(-1)).to.deep.include({ type: 'finish', reason: 'tool-calls' })
  })

  it('treats a call without arguments as an empty object', async () => {
    endpoint.setTurns([{ calls: [{ id: 'a', name: 'Read', deltas: [] }] }])
    const parts = await partsOf(provider, requestOf({ tools: [readTool] }))
    expect(parts[1]).to.deep.equal({ type: 'callDelta', callId: 'a', args: '{}' })
  })

  it('is sent the conversation, with reasoning only of the current turn', async () => {
    endpoint.setTurns([{ text: 'Done' }])
    const call = { callId: 'c', name: 'Read', args: '{"file_path":"a"}' }
    const thought = (text: string) => ({ text, signature: null })
    const messages = [
      { role: 'system', text: 'Rules.' },
      // A reminder and what was typed: some servers refuse a list of texts.
      {
        role: 'user',
        content: [
          { type: 'text', text: '<system-reminder>Now</system-reminder>' },
          { type: 'text', text: 'One' },
        ],
      },
      { role: 'assistant', reasoning: [thought('old')], text: 'First', calls: [] },
      { role: 'user', content: [{ type: 'text', text: 'Two' }] },
      { role: 'assistant', reasoning: [thought('new')], text: '', calls: [call] },
      { role: 'tool', callId: 'c', name: 'Read', text: 'contents', isError: false },
      { role: 'system', text: 'Reminder.' },
    ] as const
    await partsOf(provider, requestOf({ messages, tools: [readTool], maxOutputTokens: 100 }))
    const { body, headers } = only(endpoint.requests)
    expect(headers['authorization']).to.equal(`Bearer ${key}`)
    expect(body).to.deep.equal({
      model: 'scripted',
      max_tokens: 100,
      parallel_tool_calls: true,
      messages: [
        { role: 'system', content: 'Rules.' },
        { role: 'user', content: '<system-reminder>Now</system-reminder>\n\nOne' },
        { role: 'assistant', content: 'First' },
        { role: 'user', content: 'Two' },
        {
          role: 'assistant',
          content: null,
          reasoning_content: 'new',
          tool_calls: [
            {
              id: 'c',
              type: 'function',
              function: { name: 'Read', arguments: '{"file_path":"a"}' },
            },
          ],
        },
        { role: 'tool', tool_call_id: 'c', content: 'contents' },
        { role: 'user', content: 'Reminder.' },
      ],
      tools: [{ type: 'function', function: readTool }],
      tool_choice: 'auto',
      stream: true,
      stream_options: { include_usage: true },
    })
  })

  it('is sent the parameters that OpenAI’s reasoning models accept', async () => {
    endpoint.setTurns([{ text: 'Done' }])
    const changes = { maxOutputTokens: 100, temperature: 0.5, reasoningEffort: 'low' } as const
    await partsOf(provider, requestOf({ model: 'gpt-5-mini', ...changes }))
    const { messages: _, ...body } = only(endpoint.requests).body
    expect(body).to.deep.equal({
      model: 'gpt-5-mini',
      max_completion_tokens: 100,
      reasoning_effort: 'low',
      stream: true,
      stream_options: { include_usage: true },
    })
  })

  it('sees the end of a request that is aborted', async () => {
    endpoint.setTurns([{ text: 'Never ending', hang: true }])
    const abort = new AbortController()
    const parts = provider.stream(requestOf(), abort.signal)[Symbol.asyncIterator]()
    expect((await parts.next()).value).to.deep.equal({ type: 'text', delta: 'Never' })
    await parts.next()
    const waiting = parts.next().catch((thrown: unknown) => thrown)
    abort.abort()
    expect(await waiting).to.equal(abort.signal.reason)
    expect(await only(endpoint.requests).outcome).to.equal('aborted')
  })

  it('sees the end of a request whose reader leaves', async () => {
    endpoint.setTurns([{ text: 'Never ending', hang: true }])
    for await (const part of provider.stream(requestOf(), never)) {
      if (part.type === 'text') break
    }
    expect(await only(endpoint.requests).outcome).to.equal('aborted')
  })

  it('gets a single request when it fails', async () => {
    endpoint.setTurns([{ error: { status: 503 }, sticky: true }])
    await failureOf(provider)
    expect(endpoint.requests).to.have.length(1)
  })

  it('determines the finish reason', async () => {
    const reasons: unknown[] = []
    for (const finish of ['length', 'content_filter', 'odd']) {
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

import { expect } from 'chai'
import { unusableAnswer } from '../../../lib/server/messages/providers.ts'
import { providersFromEnvironment } from '../../../lib/server/providers/index.ts'
import type { ModelPart, Provider } from '../../../lib/server/providers/provider.ts'
import type { ModelEndpoint } from '../../support/model-endpoint.ts'
import { startModelEndpoint } from '../../support/model-endpoint.ts'
import { endOf, failureOf, never, only, partsOf, readTool, requestOf } from './requests.ts'

const model = 'gemini-2.5-flash'
const user = (text: string) => ({ role: 'user', content: [{ type: 'text', text }] }) as const

describe('The Google provider', () => {
  let endpoint: ModelEndpoint
  let provider: Provider

  const providerAt = (url: string): Provider =>
    only(providersFromEnvironment({ GEMINI_API_KEY: 'AIza-test', GEMINI_BASE_URL: url }))

  beforeEach(async () => {
    endpoint = await startModelEndpoint()
    provider = providerAt(endpoint.url)
  })
  afterEach(() => endpoint.close())

  it('streams thoughts, text, parallel calls with their signature, and usage', async () => {
    const calls = [
      { name: 'Read', args: { file_path: 'x' } },
      { name: 'Read', args: {} },
    ]
    const usage = { prompt: 10, completion: 7, cached: 5, reasoning: 3 }
    endpoint.setTurns([
      { reasoning: ['Hm', 'm'], text: ['Let', ' me'], calls, signature: 'sig', usage },
    ])
    const parts = await partsOf(provider, requestOf({ model, tools: [readTool] }))
    expect(parts.map(withoutId)).to.deep.equal([
      { type: 'reasoning', delta: 'Hm' },
      { type: 'reasoning', delta: 'm' },
      { type: 'text', delta: 'Let' },
      { type: 'text', delta: ' me' },
      { type: 'reasoningSignature', signature: 'google:sig' },
      { type: 'callStart', name: 'Read' },
      { type: 'callDelta', args: '{"file_path":"x"}' },
      { type: 'callStart', name: 'Read' },
      { type: 'callDelta', args: '{}' },
      {
        type: 'finish',
        reason: 'tool-calls',
        usage: {
          promptTokens: 10,
          completionTokens: 10,
          cachedTokens: 5,
          cacheWriteTokens: 0,
          reasoningTokens: 3,
        },
      },
    ])
    const { path, headers } = only(endpoint.requests)
    expect(path).to.equal(`/v1/models/${model}:streamGenerateContent`)
    expect(headers['x-goog-api-key']).to.equal('AIza-test')
  })

  it('returns the signature with the first call, and results by name', async () => {
    endpoint.setTurns([{ text: 'Done' }])
    const messages = [
      { role: 'system', text: 'Rules.' },
      user('Go'),
      {
        role: 'assistant',
        reasoning: [
          { text: 'Hmm', signature: 'google:sig' },
          { text: 'of another vendor', signature: 'anthropic:abc' },
        ],
        text: 'Well.',
        calls: [
          { callId: 'a', name: 'Read', args: '{"file_path":"x"}' },
          { callId: 'b', name: 'Read', args: '{"file_path' },
        ],
      },
      { role: 'tool', callId: 'a', name: 'Read', text: 'contents', isError: false },
      { role: 'tool', callId: 'b', name: 'Read', text: 'bad arguments', isError: true },
    ] as const
    await partsOf(provider, requestOf({ model, messages, tools: [readTool] }))
    const { body } = only(endpoint.requests)
    expect(body['systemInstruction']).to.deep.equal({ parts: [{ text: 'Rules.' }] })
    expect(body['contents']).to.deep.equal([
      { role: 'user', parts: [{ text: 'Go' }] },
      {
        role: 'model',
        parts: [
          { text: 'Well.' },
          {
            functionCall: { id: 'a', name: 'Read', args: { file_path: 'x' } },
            thoughtSignature: 'sig',
          },
          { functionCall: { id: 'b', name: 'Read', args: { malformed: '{"file_path' } } },
        ],
      },
      {
        role: 'user',
        parts: [result('a', 'contents'), result('b', 'bad arguments')],
      },
    ])
  })

  const result = (id: string, content: string) => ({
    functionResponse: { id, name: 'Read', response: { name: 'Read', content } },
  })

  it('sends images, and forces a tool on request', async () => {
    endpoint.setTurns([{ text: 'Seen' }])
    const image = { type: 'image', mediaType: 'image/png', base64: 'iVBORw0KGgo=' } as const
    const messages = [{ role: 'user', content: [{ type: 'text', text: 'Look' }, image] }] as const
    const toolChoice = { name: 'Read' }
    await partsOf(provider, requestOf({ model, messages, tools: [readTool], toolChoice }))
    const { body } = only(endpoint.requests)
    expect(body['contents']).to.deep.equal([
      {
        role: 'user',
        parts: [{ text: 'Look' }, { inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } }],
      },
    ])
    expect(body['toolConfig']).to.deep.equal({
      functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['Read'] },
    })
  })

  it('requests thinking by budget or by level, depending on the model', async () => {
    const asked = async (name: string, reasoningEffort: 'none' | 'low' | null) => {
      endpoint.setTurns([{ text: 'One' }])
      await partsOf(provider, requestOf({ model: name, reasoningEffort }))
      return Object(only(endpoint.requests).body['generationConfig']).thinkingConfig
    }
    expect(await asked(model, 'low')).to.deep.equal({ includeThoughts: true, thinkingBudget: 2048 })
    expect(await asked(model, null)).to.deep.equal({ includeThoughts: true })
    expect(await asked('gemini-2.5-pro', 'none')).to.deep.equal({
      includeThoughts: false,
      thinkingBudget: 128,
    })
    expect(await asked('gemini-3-pro', 'low')).to.deep.equal({
      includeThoughts: true,
      thinkingLevel: 'low',
    })
    expect(await asked('gemini-2.0-flash', 'low')).to.equal(undefined)
  })

  it('distinguishes the types of errors', async () => {
    const rejection = (code: number, status: string, message: string) => ({
      error: { status: code, body: { error: { code, status, message } } },
    })
    endpoint.setTurns([
      rejection(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.'),
      rejection(403, 'PERMISSION_DENIED', 'No.'),
      rejection(404, 'NOT_FOUND', 'models/none is not found'),
      rejection(429, 'RESOURCE_EXHAUSTED', 'Quota'),
      rejection(
        400,
        'INVALID_ARGUMENT',
        'The input token count exceeds the maximum number of tokens',
      ),
      rejection(503, 'UNAVAILABLE', 'The model is overloaded.'),
      { streamError: { code: 500, status: 'INTERNAL', message: 'Broken' } },
      { text: 'Half a', disconnectAfter: 1 },
      { text: 'Half an answer', streamError: { code: 503, status: 'UNAVAILABLE', message: 'x' } },
    ])
    const kinds: string[] = []
    while (endpoint.remaining() > 0)
      kinds.push((await failureOf(provider, requestOf({ model }))).type)
    expect(kinds).to.deep.equal([
      'authentication',
      'authentication',
      'refused',
      'rateLimit',
      'overflow',
      'server',
      'server',
      'interrupted',
      'interrupted',
    ])
  })

  it('reports the finish reason', async () => {
    const reasons: unknown[] = []
    for (const finish of ['MAX_TOKENS', 'SAFETY', 'MALFORMED_FUNCTION_CALL', 'OTHER']) {
      endpoint.setTurns([{ text: 'Half an', finish }])
      reasons.push(await endOf(provider, requestOf({ model })))
    }
    const failures = ['SAFETY', 'MALFORMED_FUNCTION_CALL', 'OTHER'].map(unusableAnswer)
    expect(reasons).to.deep.equal(['length', ...failures])
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

  it('lists the models that generate text, with their limits', async () => {
    await endpoint.close()
    const row = (name: string, method: string) => ({
      name: `models/${name}`,
      displayName: name.toUpperCase(),
      inputTokenLimit: 1_000_000,
      outputTokenLimit: 60_000,
      supportedGenerationMethods: [method],
    })
    const models = [row(model, 'generateContent'), row('aqa', 'generateAnswer')]
    endpoint = await startModelEndpoint({ turns: [], lists: { status: 200, body: { models } } })
    expect(await providerAt(endpoint.url).listModels(never)).to.deep.equal([
      {
        handle: `google_ai/${model}`,
        name: model.toUpperCase(),
        contextWindow: 1_000_000,
        maxOutputTokens: 60_000,
      },
    ])
  })
})

/** Removes the ids, which the SDK generates because Google has none. */
function withoutId(part: ModelPart): object {
  if (!('callId' in part)) return part
  const { callId: _, ...rest } = part
  return rest
}

import { expect } from 'chai'
import { providerErrors } from '../../../lib/server/messages/providers.ts'
import { toProviderError } from '../../../lib/server/providers/errors.ts'
import { providersFromEnvironment } from '../../../lib/server/providers/index.ts'
import type { Provider, ProviderError } from '../../../lib/server/providers/provider.ts'
import type { ModelEndpoint, ScriptedAnswer } from '../../support/model-endpoint.ts'
import { startModelEndpoint } from '../../support/model-endpoint.ts'
import { failureOf, only } from './requests.ts'

const OPENAI = 'OpenAI-compatible endpoint'
const key = 'sk-proj-Abc123456789secret'
const endpointOf = (title: string) => ({ title, baseUrl: 'https://models.test/v1', key })

describe('The failure of a model provider', () => {
  let endpoint: ModelEndpoint
  let openai: Provider
  let anthropic: Provider

  beforeEach(async () => {
    endpoint = await startModelEndpoint()
    const { url } = endpoint
    openai = only(providersFromEnvironment({ OPENAI_API_KEY: key, OPENAI_BASE_URL: url }))
    anthropic = only(providersFromEnvironment({ ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: url }))
  })
  afterEach(() => endpoint.close())

  const failed = (type: ProviderError['type'], status: number | null, title = OPENAI): string =>
    providerErrors[type]({ title, baseUrl: endpoint.url, status })

  const failing = (status: number, message: string, code: string): ScriptedAnswer => ({
    error: { status, body: { type: 'error', error: { type: code, code, message } } },
  })

  const cases: readonly (readonly [string, ScriptedAnswer, string])[] = [
    ['a wrong key', failing(401, 'Invalid key', 'invalid_api_key'), 'authentication'],
    ['a forbidden model', failing(403, 'Not for you', 'permission_error'), 'authentication'],
    ['no such model', failing(404, 'No such model', 'model_not_found'), 'refused'],
    ['a bad request', failing(400, 'tools[0] is bad', 'invalid_request_error'), 'refused'],
    ['an empty purse', failing(429, 'Out of credit', 'insufficient_quota'), 'refused'],
    ['too many requests', failing(429, 'Slow down', 'rate_limit_error'), 'rateLimit'],
    ['a failing provider', failing(500, 'Oops', 'api_error'), 'server'],
    ['a busy provider', failing(529, 'Overloaded', 'overloaded_error'), 'server'],
    ['a gateway that gave up', failing(504, 'Gateway timeout', 'timeout'), 'timeout'],
    [
      'a full context at OpenAI',
      failing(
        400,
        "This model's maximum context length is 8192 tokens.",
        'context_length_exceeded',
      ),
      'overflow',
    ],
    [
      'a full context at Anthropic',
      failing(400, 'prompt is too long: 210000 tokens > 200000', 'invalid_request_error'),
      'overflow',
    ],
    [
      'a full context at llama.cpp',
      failing(400, 'the request exceeds the available context size', 'exceed_context_size_error'),
      'overflow',
    ],
    ['too large a request', failing(413, 'Request too large', 'request_too_large'), 'overflow'],
  ]
  for (const [what, turn, kind] of cases) {
    it(`is of the type ${kind} for ${what}`, async () => {
      endpoint.setTurns([turn, turn])
      const failures = [await failureOf(openai), await failureOf(anthropic)]
      const status = turn.error?.status
      expect(failures.map((failure) => [failure.type, failure.status])).to.deep.equal([
        [kind, status],
        [kind, status],
      ])
    })
  }

  it('contains the wait, in seconds or until a date of the provider’s clock', async () => {
    const limited = (headers: Record<string, string>): ScriptedAnswer => ({
      error: { status: 429, headers },
    })
    const now = new Date('2026-01-01T10:00:00Z').toUTCString()
    const then = new Date('2026-01-01T10:00:30Z').toUTCString()
    endpoint.setTurns([
      limited({ 'retry-after': '7' }),
      limited({ 'retry-after-ms': '250', 'retry-after': '1' }),
      limited({ 'retry-after': then, date: now }),
      limited({ 'retry-after': 'soon' }),
    ])
    const waits: (number | null)[] = []
    for (let turn = 0; turn < 4; turn++) waits.push((await failureOf(openai)).retryAfterMs)
    expect(waits).to.deep.equal([7_000, 250, 30_000, null])
  })

  it('is reported with the provider’s own message', async () => {
    endpoint.setTurns([
      failing(401, 'Incorrect API key', 'invalid_api_key'),
      { error: { status: 502, body: '<html><body>Bad gateway</body></html>' } },
      { error: { status: 400, body: { error: 'model "x" not found, try pulling it first' } } },
    ])
    const texts = [await failureOf(openai), await failureOf(openai), await failureOf(openai)]
    expect(texts.map(({ message }) => message)).to.deep.equal([
      `${failed('authentication', 401)}: Incorrect API key`,
      `${failed('server', 502)}: Bad gateway`,
      `${failed('refused', 400)}: model "x" not found, try pulling it first`,
    ])
  })

  it('is reported without keys and credentials', async () => {
    const quoted = `Incorrect API key provided: ${key}. Also sk-proj-****cret, Bearer ${key}`
    endpoint.setTurns([failing(401, quoted, 'invalid_api_key')])
    const { message } = await failureOf(openai)
    expect(message).to.equal(
      `${failed('authentication', 401)}: Incorrect API key provided: [hidden]. Also [hidden], Bearer [hidden]`,
    )
    const login = 'http://ada:lovelace@127.0.0.1:9/v1'
    const elsewhere = only(providersFromEnvironment({ OPENAI_BASE_URL: login }))
    expect((await failureOf(elsewhere)).message).not.to.contain('lovelace')
  })

  it('contains neither the request nor the error of the SDK', () => {
    const error = toProviderError(
      { statusCode: 500, requestBodyValues: { key } },
      endpointOf('X'),
      false,
    )
    expect(error.cause).to.equal(undefined)
    expect(Object.keys(error).sort()).to.deep.equal([
      'isMalformedCall',
      'name',
      'retryAfterMs',
      'status',
      'type',
    ])
  })

  it('follows no redirect with the API key', async () => {
    const other = await startModelEndpoint([{ text: 'stolen' }])
    try {
      const headers = { location: `${other.url}/messages` }
      endpoint.setTurns([{ error: { status: 307, headers } }])
      const { type, message } = await failureOf(anthropic)
      expect([type, message]).to.deep.equal([
        'unreachable',
        `${failed('unreachable', null, 'Anthropic-compatible endpoint')}: unexpected redirect`,
      ])
      expect(other.requests).to.deep.equal([])
    } finally {
      await other.close()
    }
  })

  it('distinguishes an unreachable host from an interrupted response', async () => {
    const { url } = endpoint
    await endpoint.close()
    expect(await failureOf(openai)).to.deep.equal({
      type: 'unreachable',
      status: null,
      retryAfterMs: null,
      message: `${failed('unreachable', null)}: connect ECONNREFUSED ${new URL(url).host}`,
    })
  })

  it('is reported for an invalid address', async () => {
    const { type, message } = await failureOf(
      only(providersFromEnvironment({ OPENAI_BASE_URL: 'http://foo bar' })),
    )
    expect([type, message]).to.deep.equal([
      'unreachable',
      `${providerErrors.unreachable({ title: OPENAI, baseUrl: 'http://foo bar', status: null })}: Invalid URL`,
    ])
  })

  it('classifies network timeouts by their codes', () => {
    const kinds = ['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'ETIMEDOUT', 'ENOTFOUND']
    const thrown = kinds.map((code) => ({
      message: 'fetch failed',
      cause: { code, message: code },
    }))
    expect(
      thrown.map((error) => toProviderError(error, endpointOf('X'), false).type),
    ).to.deep.equal(['timeout', 'silent', 'timeout', 'unreachable'])
  })
})

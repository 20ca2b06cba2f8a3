import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { expect } from 'chai'
import { stalled } from '../../../lib/server/messages/providers.ts'
import { anthropic } from '../../../lib/server/providers/anthropic.ts'
import { chatCompletions } from '../../../lib/server/providers/chat-completions.ts'
import type { Dialect, ProviderEndpoint } from '../../../lib/server/providers/dialect.ts'
import { google } from '../../../lib/server/providers/google.ts'
import type { ModelPart, Provider } from '../../../lib/server/providers/provider.ts'
import { responses } from '../../../lib/server/providers/responses.ts'
import { createSdkProvider } from '../../../lib/server/providers/sdk-provider.ts'
import { collectGarbage } from '../../support/collect-garbage.ts'
import { type ModelEndpoint, startModelEndpoint } from '../../support/model-endpoint.ts'
import { failureOf, never, partsOf, requestOf } from './requests.ts'

const SILENT = {
  type: 'silent',
  status: null,
  retryAfterMs: null,
  message: stalled('Provider', 0),
}

const createProvider = (
  dialect: Dialect,
  stallTimeoutMs: number,
  baseUrl: string,
  limits: Pick<ProviderEndpoint, 'firstDataTimeoutMs'> = { firstDataTimeoutMs: stallTimeoutMs },
): Provider =>
  createSdkProvider({
    ...limits,
    ...{ id: 'provider', title: 'Provider', key: 'key', acceptsAnyModel: true, stallTimeoutMs },
    ...{ baseUrl, dialect, listModels: async () => [] },
  })

describe('A request to a provider', () => {
  it('contains no lone surrogates, and retains text that only looks like one', async () => {
    const endpoint = await startModelEndpoint([{ text: 'Fine.' }])
    const said = 'cut \ud83d, whole 😀, \\ud83d and \\\ud83d\ude00'
    const provider = createProvider(chatCompletions, 20_000, endpoint.url)
    const content = [{ type: 'text', text: said }] as const
    await partsOf(provider, requestOf({ messages: [{ role: 'user', content }] }))
    expect(endpoint.requests[0]?.body.messages?.[0]?.content).to.equal(
      'cut \ufffd, whole 😀, \\ud83d and \\😀',
    )
    await endpoint.close()
  })

  it('contains a placeholder for an empty message', async () => {
    const endpoint = await startModelEndpoint([{ text: 'Yes?' }])
    const messages = [
      { role: 'user', content: [] },
      { role: 'assistant', reasoning: [], text: 'Yes?', calls: [] },
      { role: 'user', content: [{ type: 'text', text: ' \n' }] },
    ] as const
    const provider = createProvider(anthropic, 20_000, endpoint.url)
    await partsOf(provider, requestOf({ messages }))
    const sent = JSON.stringify(endpoint.requests[0]?.body.messages)
    expect(sent.match(/\(nothing\)/g)).to.have.lengthOf(2)
    await endpoint.close()
  })
})

describe('A request to a provider whose reader leaves', () => {
  let endpoint: ModelEndpoint

  beforeEach(async () => {
    endpoint = await startModelEndpoint([{ text: 'Half', hang: true }])
  })
  afterEach(() => endpoint.close())

  it('ends at once, also after a garbage collection', async () => {
    const leaving = new AbortController()
    const provider = createProvider(chatCompletions, 20_000, endpoint.url)
    const reading = async () => {
      for await (const _ of provider.stream(requestOf(), leaving.signal)) {
        await collectGarbage()
        setImmediate(() => leaving.abort(new Error('left')))
      }
    }
    expect(await reading().catch((thrown: Error) => thrown.message)).to.equal('left')
    expect(await endpoint.requests[0]?.outcome).to.equal('aborted')
  })

  it('ends at once before the response starts', async () => {
    const mute = createServer()
    const port = await portOf(mute)
    const asked = once(mute, 'request')
    const leaving = new AbortController()
    const provider = createProvider(chatCompletions, 20_000, `http://127.0.0.1:${port}/v1`)
    const reading = partsOf(provider, requestOf(), leaving.signal)
    await asked
    await collectGarbage()
    leaving.abort(new Error('left'))
    expect(await reading.catch((thrown: Error) => thrown.message)).to.equal('left')
    mute.closeAllConnections()
    mute.close()
  })
})

describe('A provider that sends no data', () => {
  let endpoint: ModelEndpoint

  beforeEach(async () => {
    endpoint = await startModelEndpoint()
  })
  afterEach(() => endpoint.close())

  for (const [name, dialect] of Object.entries({ anthropic, chatCompletions, google, responses })) {
    it(`is abandoned in the middle of its response in the dialect ${name}`, async () => {
      endpoint.setTurns([{ text: 'Half', hang: true }])
      const parts: ModelPart[] = []
      const reading = async () => {
        const stream = createProvider(dialect, 100, endpoint.url).stream(
          requestOf({ model: 'gemini-2.5-pro' }),
          never,
        )
        for await (const part of stream) parts.push(part)
      }
      const thrown: unknown = await reading().catch((one: unknown) => one)
      expect(parts).to.deep.equal([{ type: 'text', delta: 'Half' }])
      expect(thrown).to.include({ type: 'silent', message: SILENT.message })
      expect(await endpoint.requests[0]?.outcome).to.equal('aborted')
    })
  }

  it('is abandoned before its response, with headers or without', async () => {
    endpoint.setTurns([{ hang: true }])
    expect(await failureOf(createProvider(chatCompletions, 100, endpoint.url))).to.deep.equal(
      SILENT,
    )
    const mute = createServer(() => null)
    const port = await portOf(mute)
    const provider = createProvider(chatCompletions, 100, `http://127.0.0.1:${port}/v1`)
    expect(await failureOf(provider)).to.deep.equal(SILENT)
    mute.closeAllConnections()
    mute.close()
  })

  it('is given all the time it takes for its first token at a local address', async () => {
    endpoint.setTurns([{ text: 'At last.', firstDelayMs: 400 }])
    const provider = createProvider(chatCompletions, 100, endpoint.url, {})
    expect((await partsOf(provider)).at(-1)).to.include({ type: 'finish' })
    endpoint.setTurns([{ text: 'Too late.', firstDelayMs: 400 }])
    const limited = createProvider(chatCompletions, 100, endpoint.url, { firstDataTimeoutMs: 50 })
    expect(await failureOf(limited)).to.deep.equal(SILENT)
  })

  it('is not abandoned while it sends data now and then', async () => {
    endpoint.setTurns([{ text: 'one two three four five', delayMs: 200 }])
    const parts = await partsOf(createProvider(chatCompletions, 700, endpoint.url))
    expect(parts.filter(({ type }) => type === 'text')).to.have.lengthOf(5)
  })
})

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

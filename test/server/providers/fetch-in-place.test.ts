import { createServer } from 'node:http'
import { expect } from 'chai'
import { anthropic } from '../../../lib/server/providers/anthropic.ts'
import { chatCompletions } from '../../../lib/server/providers/chat-completions.ts'
import type { Dialect } from '../../../lib/server/providers/dialect.ts'
import { google } from '../../../lib/server/providers/google.ts'
import type { ModelPart, Provider } from '../../../lib/server/providers/provider.ts'
import { responses } from '../../../lib/server/providers/responses.ts'
import { sdkProvider } from '../../../lib/server/providers/vendor.ts'
import { type ModelEndpoint, startModelEndpoint } from '../../support/model-endpoint.ts'
import { failureOf, never, partsOf, requestOf } from './requests.ts'

const SILENT = {
  kind: 'silent',
  status: null,
  retryAfterMs: null,
  message: 'Vendor has said nothing for 0 seconds',
}

describe('a vendor that says nothing', () => {
  let endpoint: ModelEndpoint

  beforeEach(async () => {
    endpoint = await startModelEndpoint()
  })
  afterEach(() => endpoint.close())

  const vendor = (dialect: Dialect, silenceMs: number, baseUrl = endpoint.url): Provider =>
    sdkProvider({
      ...{ id: 'vendor', title: 'Vendor', key: 'key', acceptsAnyModel: true, silenceMs },
      ...{ baseUrl, dialect, listModels: async () => [] },
    })

  for (const [name, dialect] of Object.entries({ anthropic, chatCompletions, google, responses })) {
    it(`is given up in the middle of its answer: ${name}`, async () => {
      endpoint.setTurns([{ text: 'Half', hang: true }])
      const parts: ModelPart[] = []
      const reading = async () => {
        const stream = vendor(dialect, 100).stream(requestOf({ model: 'gemini-2.5-pro' }), never)
        for await (const part of stream) parts.push(part)
      }
      const thrown: unknown = await reading().catch((one: unknown) => one)
      expect(parts).to.deep.equal([{ type: 'text', delta: 'Half' }])
      expect(thrown).to.include({ kind: 'silent', message: SILENT.message })
      expect(await endpoint.requests[0]?.outcome).to.equal('aborted')
    })
  }

  it('is given up before its answer, with headers or without', async () => {
    endpoint.setTurns([{ hang: true }])
    expect(await failureOf(vendor(chatCompletions, 100))).to.deep.equal(SILENT)
    const mute = createServer(() => null)
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
    const address = mute.address()
    const port = typeof address === 'object' ? address?.port : 0
    const provider = vendor(chatCompletions, 100, `http://127.0.0.1:${port}/v1`)
    expect(await failureOf(provider)).to.deep.equal(SILENT)
    mute.closeAllConnections()
    mute.close()
  })

  it('now and then is heard out', async () => {
    endpoint.setTurns([{ text: 'one two three four five', delayMs: 30 }])
    const parts = await partsOf(vendor(chatCompletions, 20_000))
    expect(parts.filter(({ type }) => type === 'text')).to.have.lengthOf(5)
  })
})

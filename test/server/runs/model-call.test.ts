import { expect } from 'chai'
import { retryNotice } from '../../../lib/server/messages/providers.ts'
import type { ModelPart, ModelRequest, Provider } from '../../../lib/server/providers/provider.ts'
import { ProviderError } from '../../../lib/server/providers/provider.ts'
import { callModel } from '../../../lib/server/runs/model-call.ts'
import { scriptedProvider } from '../../support/scripted-provider.ts'

const REQUEST: ModelRequest = {
  model: 'model',
  messages: [],
  tools: [],
  parallelToolCalls: false,
  maxOutputTokens: null,
  temperature: null,
  reasoningEffort: null,
}
const LONG_MS = 60

describe('Calling a model', () => {
  it('does not block the event loop while the model sends text', async () => {
    const flood: Provider = {
      ...scriptedProvider(),
      async *stream(): AsyncGenerator<ModelPart> {
        const end = performance.now() + LONG_MS
        while (performance.now() < end) yield { type: 'text', delta: 'word ' }
      },
    }
    let others = 0
    const other = (): void => {
      others++
      next = setImmediate(other)
    }
    let next = setImmediate(other)
    for await (const part of callModel(flood, REQUEST, new AbortController().signal)) {
      expect(part.type).to.equal('text')
    }
    clearImmediate(next)
    expect(others).to.be.greaterThan(0)
  })

  it('reports a wait that the provider asks for', async () => {
    const error = new ProviderError('rateLimit', 'Slow down.', { status: 429, retryAfterMs: 2_000 })
    const notices: string[] = []
    const abort = new AbortController()
    const wait = async (reason: string, milliseconds: number): Promise<void> => {
      notices.push(retryNotice(reason, milliseconds / 1000))
      abort.abort()
      abort.signal.throwIfAborted()
    }
    const call = callModel(scriptedProvider([{ error }]), REQUEST, abort.signal, { wait })
    await call.next().catch(() => null)
    expect(notices).to.deep.equal([retryNotice('Slow down.', 2)])
  })

  it('ends after three attempts at a provider that cannot be reached', async () => {
    const error = new ProviderError('unreachable', 'connect ECONNREFUSED')
    const provider = scriptedProvider(Array.from({ length: 9 }, () => ({ error })))
    const call = callModel(provider, REQUEST, new AbortController().signal)
    const thrown = await call.next().catch((reason: unknown) => reason)
    expect([thrown, provider.requests.length]).to.deep.equal([error, 3])
  })
})

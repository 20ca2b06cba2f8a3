import { expect } from 'chai'
import type { ModelPart, ModelRequest, Provider } from '../../../lib/server/providers/provider.ts'
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
})

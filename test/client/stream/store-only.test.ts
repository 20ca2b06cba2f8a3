import { Letta } from '@letta-ai/letta-client'
import { expect } from 'chai'
import { streamTurn } from '../../../lib/client/stream/stream.ts'
import { defaultThread } from '../../../lib/util/thread.ts'

describe('Replies that are stored only', () => {
  it('are sent with one step, in which an original Letta server stores them and calls no model', async () => {
    const bodies: string[] = []
    const client = new Letta({
      baseURL: 'http://letta',
      apiKey: '',
      logLevel: 'off',
      fetch: async (_, init) => {
        bodies.push(String(init?.body))
        return new Response('data: {"message_type":"stop_reason","stop_reason":"max_steps"}\n\n')
      },
    })
    const denial = { type: 'denial', callId: 'c1', reason: 'not now' } as const
    const options = { background: true, maxSteps: 5 }
    for (const storeOnly of [true, false]) {
      const input = { replies: [denial], message: null }
      const { signal } = new AbortController()
      const turn = streamTurn(client, defaultThread('a'), input, { ...options, storeOnly }, signal)
      for await (const part of turn)
        expect(part).to.deep.equal({ type: 'stop', reason: 'max_steps' })
    }
    expect(bodies.map((body) => JSON.parse(body).max_steps)).to.deep.equal([1, 5])
  })
})

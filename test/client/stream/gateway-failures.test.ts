import { Letta } from '@letta-ai/letta-client'
import { expect } from 'chai'
import type { StreamPart } from '../../../lib/client/stream/decode.ts'
import { streamTurn } from '../../../lib/client/stream/stream.ts'
import { defaultThread } from '../../../lib/util/thread.ts'
import { type LettaOverHttp, lettaOverHttp } from '../../support/letta-over-http.ts'
import { createAgent } from '../../support/letta-server.ts'
import { scriptedProvider } from '../../support/scripted-provider.ts'

/** What a gateway between client and server does to the requests for streams, one after another. */
type Treatment =
  | 'pass'
  /** The server gets the request, and the client an error. */
  | { readonly afterwards: number }
  /** The server gets nothing. */
  | { readonly instead: number }
  /** The connection breaks after this many bytes of the answer. */
  | { readonly cut: number }

describe('A gateway that fails in front of the server', () => {
  let letta: LettaOverHttp
  afterEach(() => letta.close())

  const run = async (...treatments: Treatment[]) => {
    const model = scriptedProvider([{ text: 'Good day to you.' }, { text: 'A second answer.' }])
    letta = await lettaOverHttp({ model })
    const client = new Letta({
      baseURL: letta.url,
      apiKey: '',
      logLevel: 'off',
      fetch: async (input, init) => {
        const isStream = String(input).endsWith('/stream')
        return treated(isStream ? (treatments.shift() ?? 'pass') : 'pass', () => fetch(input, init))
      },
    })
    const agentId = await createAgent(client)
    const patience = { silence: 20_000, pause: 1, outage: 2000 }
    const message = { otid: 'o1', text: 'Hello', reminder: null }
    const options = { background: true, maxSteps: null, patience }
    const parts: StreamPart[] = []
    const turn = streamTurn(
      client,
      defaultThread(agentId),
      { replies: [], message },
      options,
      new AbortController().signal,
    )
    for await (const part of turn) parts.push(part)
    const text = parts.flatMap((part) => (part.type === 'assistant' ? part.text : [])).join('')
    const { items } = await client.agents.messages.list(agentId)
    const said = items.filter((item) => item.message_type === 'user_message').length
    return { text, said, calls: model.requests.length }
  }
  const ONCE = { text: 'Good day to you.', said: 1, calls: 1 }

  for (const status of [502, 504]) {
    it(`does not make the client send a message again that arrived before a ${status}`, async () => {
      expect(await run({ afterwards: status })).to.deep.equal(ONCE)
    })
  }

  for (const status of [429, 502, 503, 504]) {
    it(`makes the client send a message again that did not arrive because of a ${status}`, async () => {
      expect(await run({ instead: status })).to.deep.equal(ONCE)
    })

    it(`does not end the answer that is resumed with a ${status}`, async () => {
      const refused = Array<Treatment>(6).fill({ instead: status })
      expect(await run({ cut: 900 }, ...refused)).to.deep.equal(ONCE)
    })
  }
})

async function treated(treatment: Treatment, ask: () => Promise<Response>): Promise<Response> {
  if (treatment === 'pass') return ask()
  if ('instead' in treatment) return failure(treatment.instead)
  const response = await ask()
  if ('cut' in treatment) return new Response(cutOff(response, treatment.cut), response)
  await response.text()
  return failure(treatment.afterwards)
}

function failure(status: number): Response {
  return new Response('<html><title>Bad gateway</title></html>', {
    status,
    headers: { 'content-type': 'text/html' },
  })
}

function cutOff({ body }: Response, bytes: number): ReadableStream<Uint8Array> {
  const parts = async function* (): AsyncGenerator<Uint8Array> {
    let left = bytes
    for await (const part of body ?? []) {
      yield part.subarray(0, left)
      left -= part.byteLength
      if (left <= 0) throw new TypeError('terminated')
    }
  }
  return ReadableStream.from(parts())
}

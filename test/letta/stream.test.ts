import { Letta } from '@letta-ai/letta-client'
import { expect } from 'chai'
import type { StreamPart } from '../../lib/letta/decode.ts'
import { streamTurn, type TurnInput } from '../../lib/letta/stream.ts'
import { type LettaOverHttp, lettaOverHttp } from '../support/letta-over-http.ts'
import { createAgent } from '../support/letta-server.ts'
import { scriptedProvider } from '../support/scripted-provider.ts'

describe('streaming a turn over connections that break', () => {
  let letta: LettaOverHttp
  afterEach(() => letta.close())

  const ANSWER = 'Grüße, 日本語 🚀 and the rest of it.'
  const message = (text: string): TurnInput => ({
    replies: [],
    message: { otid: 'o1', text, reminder: null },
  })
  const open = async (cuts: readonly number[], silent: boolean) => {
    const model = scriptedProvider([
      { reasoning: 'Let me think.', text: ANSWER, calls: [BASH] },
      { text: 'Done.' },
    ])
    letta = await lettaOverHttp({ model, cuts, silent })
    const client = new Letta({ baseURL: letta.url, apiKey: '', logLevel: 'off' })
    return { client, agentId: await createAgent(client) }
  }
  const BASH = { callId: 'c1', name: 'Bash', args: '{"command":"ls -la"}' }
  const read = async (
    parts: AsyncIterable<StreamPart>,
  ): Promise<{ readonly told: readonly string[]; readonly thrown: unknown }> => {
    const told = new Map<string, string>()
    const add = (key: string, text: string) => told.set(key, (told.get(key) ?? '') + text)
    try {
      for await (const part of parts) {
        if (part.kind === 'reasoning' || part.kind === 'assistant') add(part.kind, part.text)
        else if (part.kind === 'call') add(`${part.callId} ${part.runs}`, part.tool + part.args)
        else if (part.kind === 'stop') add('stop', part.reason)
        else if (part.kind === 'usage') add('usage', `${part.usage.totalTokens}`)
        else add(part.kind, JSON.stringify(part))
      }
    } catch (thrown) {
      return { told: linesOf(told), thrown }
    }
    return { told: linesOf(told), thrown: null }
  }
  const linesOf = (told: ReadonlyMap<string, string>): readonly string[] =>
    [...told].map(([key, text]) => `${key}: ${text}`)
  const WHOLE = [
    'reasoning: Let me think.',
    `assistant: ${ANSWER}`,
    'c1 here: Bash{"command":"ls -la"}',
    'stop: requires_approval',
    'usage: 110',
  ]
  const run = async (cuts: readonly number[], background: boolean, silent = false) => {
    const { client, agentId } = await open(cuts, silent)
    const patience = { silence: silent ? 200 : 20_000, pause: 1 }
    const options = { background, maxSteps: null, patience }
    const { signal } = new AbortController()
    return read(streamTurn(client, agentId, message('Hello'), options, signal))
  }
  const streams = () => letta.requests.filter((request) => request.endsWith('/stream'))

  it('needs one request when nothing breaks', async () => {
    expect(await run([], true)).to.deep.equal({ told: WHOLE, thrown: null })
    expect(streams()).to.have.lengthOf(1)
  })

  // An event of a run has some 300 bytes: between events, inside of them, inside of a character, behind the last.
  for (const cut of [400, 777, 1100, 1501, 1999, 2600, 3100, 3500]) {
    it(`loses and doubles nothing when the connection breaks after ${cut} bytes`, async () => {
      expect(await run([cut], true)).to.deep.equal({ told: WHOLE, thrown: null })
      expect(streams()).to.have.lengthOf(2)
    })
  }

  it('finds its way back several times', async () => {
    expect(await run([500, 600, 400, 900], true)).to.deep.equal({ told: WHOLE, thrown: null })
    expect(streams()).to.have.lengthOf(5)
  })

  it('finds its way back however often, as long as each connection brings something new', async () => {
    const { told, thrown } = await run(Array(40).fill(700), true)
    // A break behind the stop leaves nothing to get back for.
    expect([told.slice(0, 4), thrown]).to.deep.equal([WHOLE.slice(0, 4), null])
    expect(streams()).to.have.lengthOf.above(5)
  })

  it('gives up when the connection brings nothing new five times', async () => {
    const { told, thrown } = await run([700, ...Array(20).fill(10)], true)
    expect(thrown).to.be.instanceOf(Error)
    expect(told).to.not.include('stop: requires_approval')
    expect(streams()).to.have.lengthOf(6)
  })

  it('takes a connection for broken that has been silent for too long', async () => {
    expect(await run([900, 400], true, true)).to.deep.equal({ told: WHOLE, thrown: null })
    expect(streams()).to.have.lengthOf.above(2)
  })

  it('never sends the message again when it cannot know whether it has arrived', async () => {
    const { told, thrown } = await run([0], true)
    expect(told).to.deep.equal([])
    expect(thrown).to.be.instanceOf(Error)
    expect(streams()).to.have.lengthOf(1)
  })

  it('tells of the break when the run cannot be resumed', async () => {
    const { told, thrown } = await run([1500], false)
    expect(told[0]).to.equal('reasoning: Let me think.')
    expect(thrown).to.be.instanceOf(Error)
    expect(streams()).to.have.lengthOf(1)
  })
})

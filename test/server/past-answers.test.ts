import { expect } from 'chai'
import { argumentsLeftOut, NO_ANSWER } from '../../lib/server/messages/prompts.ts'
import { untagged } from '../../lib/server/providers/dialect.ts'
import { responses } from '../../lib/server/providers/responses.ts'
import {
  answered,
  type EndpointServer,
  openEndpointServer,
  say,
  send,
} from '../support/letta-server.ts'
import type { ModelEndpoint, ScriptedAnswer } from '../support/model-endpoint.ts'
import { faultsOfRequest } from '../support/strict-requests.ts'

type Delta = Readonly<Record<string, unknown>>

const bash = (id: string, more: Delta = {}): Delta => ({
  index: 0,
  id,
  type: 'function',
  function: { name: 'Bash', arguments: '{"command":"ls"}' },
  ...more,
})

/** An answer whose deltas are sent as they are. */
function deltas(...list: readonly Delta[]): ScriptedAnswer {
  const calls = list.some((delta) => delta['tool_calls'] !== undefined)
  const last = { choices: [{ index: 0, delta: {}, finish_reason: calls ? 'tool_calls' : 'stop' }] }
  const chunks = [...list.map((delta) => ({ choices: [{ index: 0, delta }] })), last]
  return {
    raw: {
      pieces: [...chunks.map((one) => `data: ${JSON.stringify(one)}\n\n`), 'data: [DONE]\n\n'],
    },
  }
}

describe('What a provider sent as part of an answer', () => {
  let endpoint: ModelEndpoint
  let agent: string
  let client: EndpointServer['client']
  let close: EndpointServer['close']

  beforeEach(async () => {
    ;({ endpoint, agent, client, close } = await openEndpointServer())
  })
  afterEach(() => close())

  /** A turn with a call, then a second one. Returns the messages of its request. */
  const secondTurn = async (first: ScriptedAnswer, model = 'openai/one') => {
    endpoint.setTurns([first, { text: 'Done.' }, { text: 'Again.' }])
    await send(client, agent, say('go'))
    await send(client, agent, answered('c1', 'a.txt'))
    if (model !== 'openai/one') await client.agents.update(agent, { model })
    await send(client, agent, say('on'))
    return endpoint.requests.at(-1)?.body.messages ?? []
  }
  const answerWithCall = (messages: Awaited<ReturnType<typeof secondTurn>>) =>
    messages.find((message) => message.role === 'assistant' && message['tool_calls'] !== undefined)

  const fields: Readonly<Record<string, readonly [readonly Delta[], Delta]>> = {
    reasoning_content: [
      [{ reasoning_content: 'I look.' }, { tool_calls: [bash('c1')] }],
      { reasoning_content: 'I look.' },
    ],
    reasoning: [[{ reasoning: 'I look.' }, { tool_calls: [bash('c1')] }], { reasoning: 'I look.' }],
    'reasoning_details, joined and untouched': [
      [
        { reasoning: 'I ', reasoning_details: [{ type: 'reasoning.text', text: 'I ', index: 0 }] },
        {
          reasoning: 'look.',
          reasoning_details: [{ type: 'reasoning.text', text: 'look.', index: 0, signature: 's' }],
        },
        { reasoning_details: [{ type: 'reasoning.encrypted', data: 'E1', index: 1 }] },
        { tool_calls: [bash('c1')] },
      ],
      {
        reasoning_details: [
          { type: 'reasoning.text', text: 'I look.', index: 0, signature: 's' },
          { type: 'reasoning.encrypted', data: 'E1', index: 1 },
        ],
      },
    ],
    'the thoughts in its text': [
      [{ content: '<think>I look.</think>\n\nLooking.' }, { tool_calls: [bash('c1')] }],
      { content: '<think>I look.</think>\n\nLooking.' },
    ],
    'the signature of a call': [
      [{ tool_calls: [bash('c1', { extra_content: { google: { thought_signature: 'S1' } } })] }],
      {
        tool_calls: [
          {
            ...bash('c1', { extra_content: { google: { thought_signature: 'S1' } } }),
            index: undefined,
          },
        ],
      },
    ],
    'any member of a call that is not known': [
      [{ tool_calls: [bash('c1', { provider_specific_fields: { token: 'T1' } })] }],
      {
        tool_calls: [
          { ...bash('c1', { provider_specific_fields: { token: 'T1' } }), index: undefined },
        ],
      },
    ],
  }
  for (const [what, [sent, returned]] of Object.entries(fields)) {
    it(`is returned with the answer: ${what}`, async () => {
      const answer = answerWithCall(await secondTurn(deltas(...sent)))
      expect(answer).to.deep.include(JSON.parse(JSON.stringify(returned)))
    })

    it(`is not sent to another model: ${what}`, async () => {
      const answer = answerWithCall(await secondTurn(deltas(...sent), 'openai/two'))
      expect(JSON.stringify(answer)).to.not.match(/I look|E1|S1|T1/)
      expect(answer).to.have.property('tool_calls')
    })
  }

  it('stays with an answer that is interrupted after its call', async () => {
    const call = bash('c1', { extra_content: { google: { thought_signature: 'S1' } } })
    const [start = ''] = deltas({ tool_calls: [call] }).raw?.pieces ?? []
    endpoint.setTurns([{ raw: { pieces: [start], breaks: true } }, { text: 'Done.' }])
    await send(client, agent, say('go'))
    await send(client, agent, say('on'))
    const messages = endpoint.requests.at(-1)?.body.messages ?? []
    expect(JSON.stringify(answerWithCall(messages))).to.include('S1')
  })

  it('is only its text when it has no calls', async () => {
    endpoint.setTurns([deltas({ reasoning_content: 'Hm.' }, { content: 'Hi.' }), { text: 'Done.' }])
    await send(client, agent, say('go'))
    await send(client, agent, say('on'))
    const [, , answer] = endpoint.requests.at(-1)?.body.messages ?? []
    expect(answer).to.deep.equal({ role: 'assistant', content: 'Hi.' })
  })

  it('is left out when its signature is empty', () => {
    const tags = ['openai', 'anthropic']
    expect(tags.map((tag) => untagged(`${tag}:`, tag))).to.deep.equal([null, null])
    const part = { text: 'Hm.', signature: 'openai:' }
    const answer = { role: 'assistant', reasoning: [part], text: '', calls: [] } as const
    expect(responses.reasoning(part, answer)).to.equal(null)
  })

  it('is a note when there is none, so that roles alternate after a failed turn', async () => {
    endpoint.setTurns([{ error: { status: 400 } }, { text: 'Done.' }])
    await send(client, agent, say('go'))
    await send(client, agent, say('on'))
    const said = endpoint.requests.at(-1)?.body.messages ?? []
    expect(said.slice(1)).to.deep.equal([
      { role: 'user', content: 'go' },
      { role: 'assistant', content: NO_ANSWER },
      { role: 'user', content: 'on' },
    ])
  })

  it('is a note when it was interrupted in its reasoning, after the result of a call', async () => {
    const [start = ''] = deltas({ reasoning_content: 'Hm' }).raw?.pieces ?? []
    endpoint.setTurns([deltas({ tool_calls: [bash('c1')] }), { raw: { pieces: [start] } }])
    await send(client, agent, say('go'))
    await send(client, agent, answered('c1', 'a.txt'))
    endpoint.setTurns([{ text: 'Done.' }])
    await send(client, agent, say('on'))
    const said = endpoint.requests.at(-1)?.body.messages?.slice(-3) ?? []
    expect(said.map(({ role }) => role)).to.deep.equal(['tool', 'assistant', 'user'])
    expect(said[1]?.content).to.equal(NO_ANSWER)
  })

  const DEEP = `{"command":${'['.repeat(3000)}${']'.repeat(3000)}}`
  const odd: Readonly<Record<string, readonly [called: Delta, sent: Delta]>> = {
    'a name that is none': [
      { name: 'no such tool?', arguments: '{}' },
      { name: 'no_such_tool_', arguments: '{}' },
    ],
    'half of a character': [
      { name: 'Bash', arguments: '{"command":"\\ud83d"}' },
      { name: 'Bash', arguments: '{"command":"\ufffd"}' },
    ],
    'arguments nested 3,000 deep': [
      { name: 'Bash', arguments: DEEP },
      { name: 'Bash', arguments: JSON.stringify({ left_out: argumentsLeftOut(DEEP.length) }) },
    ],
  }
  for (const [what, [called, sent]] of Object.entries(odd)) {
    it(`is sent so that no later turn fails: ${what}`, async () => {
      endpoint.setTurns([
        deltas({ tool_calls: [{ ...bash('c1'), function: called }] }),
        { text: 'Done.', sticky: true },
      ])
      await send(client, agent, say('go'))
      await client.agents.messages.cancel(agent)
      const next = await send(client, agent, say('on'))
      expect(next.error).to.equal(null)
      const answer = endpoint.requests
        .at(-1)
        ?.body.messages?.find((message) => message['tool_calls'] !== undefined)
      const [call] = Object(answer?.['tool_calls'])
      expect(call.function).to.deep.equal(sent)
      expect(endpoint.requests.flatMap(faultsOfRequest)).to.deep.equal([])
    })
  }

  it('makes no later turn fail when a call has arguments of 9 MB', async () => {
    const args = JSON.stringify({ command: 'x'.repeat(9_000_000) })
    const call = { ...bash('c1'), function: { name: 'Bash', arguments: args } }
    endpoint.setTurns([deltas({ tool_calls: [call] }), { text: 'Done.', sticky: true }])
    await send(client, agent, say('go'))
    await client.agents.messages.cancel(agent)
    const next = await send(client, agent, say('on'))
    expect(next.error).to.equal(null)
    expect(endpoint.requests.flatMap(faultsOfRequest)).to.deep.equal([])
  })
})

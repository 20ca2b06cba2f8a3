import { expect } from 'chai'
import {
  callInWords,
  imageInWords,
  NO_ANSWER,
  resultInWords,
} from '../../lib/server/messages/prompts.ts'
import { limitNotice, repairNotice } from '../../lib/server/messages/providers.ts'
import {
  answered,
  type EndpointServer,
  openEndpointServer,
  say,
  send,
} from '../support/letta-server.ts'
import type { ModelEndpoint, RequestBody, ScriptedAnswer } from '../support/model-endpoint.ts'

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYPgPAAEDAQAIicLsAAAAAElFTkSuQmCC'
const TITLE = 'OpenAI-compatible endpoint'

const rejection = (message: string, status = 400): ScriptedAnswer => ({
  error: { status, body: { error: { message } } },
})

describe('A part of a request that a provider refuses', () => {
  let endpoint: ModelEndpoint
  let agent: string
  let client: EndpointServer['client']
  let close: EndpointServer['close']

  beforeEach(async () => {
    ;({ endpoint, agent, client, close } = await openEndpointServer())
  })
  afterEach(() => close())

  const bodies = (): readonly RequestBody[] => endpoint.requests.map(({ body }) => body)
  const turn = (messages = say('go')) =>
    send(client, agent, messages, { include_compaction_messages: true })
  const noticesOf = ({ events }: Awaited<ReturnType<typeof turn>>): readonly unknown[] =>
    events.flatMap((event) =>
      event['event_type'] === 'notice' ? [Object(event['event_data']).text] : [],
    )
  /** A turn whose call has been answered, by another model than the one that is asked next. */
  const callByAnother = async (): Promise<void> => {
    endpoint.setTurns([
      { calls: [{ id: 'call_12345', name: 'Bash', args: { command: 'ls' } }] },
      { text: 'One.' },
    ])
    await turn()
    await turn(answered('call_12345', 'a.txt'))
    await client.agents.update(agent, { model: 'openai/two' })
  }

  const parameters = ['stream_options', 'parallel_tool_calls', 'tool_choice', 'temperature']
  for (const name of parameters) {
    it(`is left out: the parameter ${name}`, async () => {
      await client.agents.update(agent, {
        model_settings: { provider_type: 'openai', temperature: 0.5 },
      })
      endpoint.setTurns([
        rejection(`Unrecognized request argument supplied: ${name}`),
        { text: 'Done.' },
        { text: 'On.' },
      ])
      const first = await turn()
      expect(first.error).to.equal(null)
      expect(noticesOf(first)).to.deep.equal([repairNotice(TITLE, { parameter: name })])
      expect(noticesOf(await turn())).to.deep.equal([])
      expect(bodies().map((body) => name in body)).to.deep.equal([true, false, false])
    })
  }

  it('is renamed: the output limit of newer models', async () => {
    await client.agents.update(agent, { max_tokens: 100 } as object)
    const reason =
      "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead."
    endpoint.setTurns([rejection(reason), { text: 'Done.' }])
    await turn()
    const [first, second] = bodies()
    const limit = first?.['max_tokens']
    expect([second?.['max_tokens'], second?.['max_completion_tokens']]).to.deep.equal([
      undefined,
      limit,
    ])
  })

  const limits = [
    ['max_tokens: 128000 > 64000, which is the maximum allowed number of output tokens', 64_000],
    ['max_tokens must be less than 8193', 8_192],
    ['max_tokens (100000) is too large. This model supports at most 4096 completion tokens', 4_096],
    [
      "'max_tokens' is too large: 5000. The context length is 4096 tokens (5000 > 4096 - 3000).",
      1_096,
    ],
  ] as const
  for (const [reason, tokens] of limits) {
    it(`is lowered: the output limit, when the reason is “${reason}”`, async () => {
      await client.agents.update(agent, { max_tokens: 128_000 } as object)
      endpoint.setTurns([rejection(reason), { text: 'Done.' }])
      const answer = await turn()
      expect(noticesOf(answer)).to.deep.equal([limitNotice(TITLE, tokens)])
      expect(bodies().map((body) => body['max_tokens'])).to.deep.equal([128_000, tokens])
    })
  }

  it('is repaired once in each way: a server that refuses the repaired request ends the turn', async () => {
    const reason = 'Conversation roles must alternate user/assistant'
    endpoint.setTurns([...Array.from({ length: 6 }, () => rejection(reason)), { text: 'Done.' }])
    const { error } = await turn()
    expect(JSON.stringify(error)).to.include(reason)
    // As it is, with alternating roles, and without the system prompt.
    expect(endpoint.requests).to.have.length(3)
  })

  const imageReasons = [
    'image input is not supported - hint: you may need to provide the mmproj',
    'messages[1]: unknown variant `image_url`, expected `text`',
    'No endpoints found that support image input',
    'Could not process image',
    'This model does not have vision capabilities',
    'messages.4.content.3.image.source.base64.data: At least one of the image dimensions exceed max allowed size for many-image requests: 2000 pixels',
  ]
  for (const reason of imageReasons) {
    it(`is described: an image, when the reason is “${reason}”`, async () => {
      const image = {
        type: 'image',
        source: { type: 'base64', media_type: 'image/png', data: PNG },
      } as const
      endpoint.setTurns([rejection(reason, 500), { text: 'Done.' }, { text: 'On.' }])
      const seen = await turn([{ role: 'user', content: [{ type: 'text', text: 'look' }, image] }])
      expect(seen.error).to.equal(null)
      expect(noticesOf(seen)).to.deep.equal([repairNotice(TITLE, 'images')])
      expect(bodies()[1]?.messages?.at(-1)?.content).to.equal(
        `look\n\n${imageInWords('image/png', Math.floor((PNG.length * 3) / 4))}`,
      )
      expect((await turn()).error).to.equal(null)
      expect(JSON.stringify(bodies()[2])).to.not.include(PNG)
    })
  }

  const signatureReasons = [
    'thinking is enabled but reasoning_content is missing in assistant tool call message at index 4',
    'Function call is missing a thought_signature in functionCall parts.',
    'Expected `thinking` or `redacted_thinking`, but found `tool_use`',
  ]
  for (const reason of signatureReasons) {
    it(`is text: the call of another model, when the reason is “${reason}”`, async () => {
      await callByAnother()
      endpoint.setTurns([rejection(reason), { text: 'Two.' }])
      expect((await turn(say('on'))).error).to.equal(null)
      const messages = endpoint.requests.at(-1)?.body.messages ?? []
      expect(JSON.stringify(messages)).to.not.include('tool_calls')
      expect(messages[2]?.content).to.equal(callInWords('Bash', '{"command":"ls"}'))
      expect(messages[3]?.content).to.match(/^\[Result of Bash: /)
      expect(resultInWords('Bash', '')).to.match(/^\[Result of Bash: /)
    })
  }

  it('is left out: reasoning that an endpoint does not know', async () => {
    const call = { id: 'c1', name: 'Bash', args: { command: 'ls' } }
    const reason = "property 'reasoning_content' is unsupported"
    endpoint.setTurns([{ reasoning: 'Hm.', calls: [call] }, rejection(reason), { text: 'Done.' }])
    await turn()
    expect((await turn(answered('c1', 'a.txt'))).error).to.equal(null)
    const [, refused, accepted] = bodies().map((body) =>
      JSON.stringify(body).includes('reasoning_content'),
    )
    expect([refused, accepted]).to.deep.equal([true, false])
  })

  it('is shortened: the id of a call', async () => {
    await callByAnother()
    const reason = 'Tool call id was call_12345 but must be a-z, A-Z, 0-9, with a length of 9.'
    endpoint.setTurns([rejection(reason), { text: 'Two.' }])
    expect((await turn(say('on'))).error).to.equal(null)
    const messages = endpoint.requests.at(-1)?.body.messages ?? []
    const [call] = Object(messages.find((message) => message['tool_calls'])?.['tool_calls'])
    expect(call.id).to.match(/^[a-zA-Z0-9]{9}$/)
    expect(messages.find(({ role }) => role === 'tool')?.['tool_call_id']).to.equal(call.id)
  })

  it('is separated: a message after the result of a call', async () => {
    const image = {
      type: 'image',
      source: { type: 'base64', media_type: 'image/png', data: PNG },
    } as const
    const text = { type: 'text', text: 'a picture' } as const
    const result = {
      type: 'tool' as const,
      tool_call_id: 'c1',
      status: 'success' as const,
      tool_return: [text, image],
    }
    endpoint.setTurns([
      { calls: [{ id: 'c1', name: 'Bash', args: {} }] },
      rejection("Unexpected role 'user' after role 'tool'"),
      { text: 'Done.' },
    ])
    await turn()
    expect((await turn([{ type: 'approval', approvals: [result] }])).error).to.equal(null)
    const roles = endpoint.requests.at(-1)?.body.messages?.map(({ role }) => role)
    expect(roles?.slice(-3)).to.deep.equal(['tool', 'assistant', 'user'])
    expect(endpoint.requests.at(-1)?.body.messages?.at(-2)?.content).to.equal(NO_ANSWER)
  })

  it('is a message of the user: the system prompt', async () => {
    endpoint.setTurns([rejection('System role not supported', 500), { text: 'Done.' }])
    expect((await turn()).error).to.equal(null)
    expect(endpoint.requests.at(-1)?.body.messages?.map(({ role }) => role)).to.deep.equal(['user'])
  })

  it('is simpler: the schema of a tool', async () => {
    await client.tools.upsert({
      source_code: 'def Look(depth):\n    """Looks."""\n    raise Exception()\n',
      json_schema: {
        name: 'Look',
        description: 'Looks.',
        parameters: {
          type: 'object',
          additionalProperties: false,
          properties: {
            depth: {
              anyOf: [{ type: 'integer', exclusiveMinimum: 0 }, { type: 'null' }],
              description: 'How far.',
            },
          },
        },
      },
    })
    await client.agents.update(agent, {
      tool_ids: (await client.tools.list({ name: 'Look' })).items.map(({ id }) => id ?? ''),
    })
    endpoint.setTurns([
      rejection('Unknown name "exclusiveMinimum" at tools[0].function.parameters'),
      { text: 'Done.' },
    ])
    expect((await turn()).error).to.equal(null)
    const [tool] = Object(endpoint.requests.at(-1)?.body.tools)
    expect(tool.function.parameters).to.deep.equal({
      type: 'object',
      properties: { depth: { type: 'integer', description: 'How far.' } },
    })
  })

  it('is absent: tools', async () => {
    endpoint.setTurns([rejection('gemma:2b does not support tools'), { text: 'Done.' }])
    const answer = await turn()
    expect(noticesOf(answer)).to.deep.equal([repairNotice(TITLE, 'tools')])
    expect(endpoint.requests.at(-1)?.body.tools).to.equal(undefined)
  })

  it('is refused once: a repair that does not help is reported, and not remembered', async () => {
    const reason = 'stream_options is not supported'
    endpoint.setTurns([rejection(reason), rejection(reason), { text: 'Done.' }])
    expect((await turn()).error).to.not.equal(null)
    expect((await turn()).error).to.equal(null)
    expect(bodies().map((body) => 'stream_options' in body)).to.deep.equal([true, false, true])
  })

  it('changes nothing when the reason names no part of the request', async () => {
    endpoint.setTurns([rejection('model is being loaded')])
    expect((await turn()).error?.['message']).to.include('model is being loaded')
    expect(endpoint.requests).to.have.length(1)
  })
})

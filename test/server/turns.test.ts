import { expect } from 'chai'
import { ProviderError } from '../../lib/server/providers/provider.ts'
import {
  answered,
  collect,
  createAgent,
  openedServer,
  outline,
  say,
  send,
  storedOutline,
} from '../support/letta-server.ts'
import { scriptedProvider } from '../support/scripted-provider.ts'
import { withServer } from '../support/with-server.ts'

describe('A turn of the embedded server', () => {
  const opened = withServer()

  it('streams reasoning and text word by word, then the stop reason and the usage', async () => {
    opened.model.play({ reasoning: 'Let me see.', text: 'Hello there' })
    const { events } = await send(opened.client, opened.agentId, say('hi'))
    expect(outline(events)).to.deep.equal([
      'ping',
      'reasoning_message "Let "',
      'reasoning_message "me "',
      'reasoning_message "see."',
      'assistant_message "Hello "',
      'assistant_message "there"',
      'stop_reason end_turn',
      'usage_statistics',
    ])
    expect(events.at(-1)).to.deep.include({
      prompt_tokens: 100,
      completion_tokens: 10,
      total_tokens: 110,
      step_count: 1,
      context_tokens: 110,
    })
  })

  it('stores replies without a step when the client asks for no more', async () => {
    opened.model.play({ calls: [{ callId: 'c1', name: 'Bash', args: '{"command":"ls"}' }] })
    await send(opened.client, opened.agentId, say('hi'))
    const { agents } = opened.client
    const body = { messages: answered('c1', 'a.txt'), stream_tokens: true }
    const headers = { 'x-letta-store-only': 'true' }
    const { events } = await collect(agents.messages.stream(opened.agentId, body, { headers }))
    expect(outline(events)).to.deep.equal(['ping', 'stop_reason max_steps', 'usage_statistics'])
    expect((await storedOutline(opened.client, opened.agentId)).at(-1)).to.include('a.txt')
  })

  it('begins with the result of the client, unless the client reads tokens', async () => {
    const bash = (callId: string) => ({ callId, name: 'Bash', args: '{"command":"ls"}' })
    opened.model.play(
      { calls: [bash('c1')] },
      { text: 'One.' },
      { calls: [bash('c2')] },
      { text: 'Two.' },
    )
    const { agents } = opened.client
    await send(opened.client, opened.agentId, say('hi'))
    const streamed = await send(opened.client, opened.agentId, answered('c1', 'a.txt'))
    expect(outline(streamed.events).slice(0, 2)).to.deep.equal(['ping', 'assistant_message "One."'])
    await send(opened.client, opened.agentId, say('again'))
    const created = await agents.messages.create(opened.agentId, {
      messages: answered('c2', 'b.txt'),
    })
    expect(created.messages.map((message) => message.message_type)).to.deep.equal([
      'tool_return_message',
      'assistant_message',
    ])
    expect(created.messages[0]).to.deep.include({ tool_call_id: 'c2', tool_return: 'b.txt' })
  })

  it('gives the parts of an answer the same id, and each part an otid', async () => {
    opened.model.play({ reasoning: 'Hm', text: 'Hello there' })
    const { events } = await send(opened.client, opened.agentId, say('hi'))
    const parts = events.slice(1, 4)
    const uuid = String(parts[0]?.['id']).replace('message-', '')
    expect(new Set(parts.map((part) => part['id']))).to.have.lengthOf(1)
    const [first, second, third] = parts.map((part) => String(part['otid']))
    expect(first?.slice(0, -2)).to.equal(uuid.slice(0, -2))
    expect(second).to.equal(third)
    expect(Number.parseInt(String(second).slice(-2), 16)).to.equal(
      Number.parseInt(String(first).slice(-2), 16) + 1,
    )
  })

  it('lists the same otids that it streamed', async () => {
    opened.model.play({ reasoning: 'Hm', text: 'Hello' })
    const { events } = await send(opened.client, opened.agentId, say('hi'))
    const { items } = await opened.client.agents.messages.list(opened.agentId)
    const otids = (list: readonly object[]): readonly unknown[] =>
      list.map((item) => ('otid' in item ? item.otid : null))
    expect(otids(items).slice(-2)).to.deep.equal(otids(events.slice(1, 3)))
  })

  it('numbers the events of a background run, but not those of a foreground run', async () => {
    opened.model.play({ text: 'Hello there' }, { text: 'Hello there' })
    const background = await send(opened.client, opened.agentId, say('hi'), { background: true })
    const foreground = await send(opened.client, opened.agentId, say('hi'))
    const numbers = ({ events }: typeof background) => events.map((event) => event['seq_id'])
    expect(numbers(background)).to.deep.equal([1, 2, 3, undefined, undefined])
    expect(numbers(foreground)).to.deep.equal([null, null, null, undefined, undefined])
  })

  it('sends complete parts when tokens are not requested', async () => {
    opened.model.play({ reasoning: 'Let me see.', text: 'Hello there' })
    const { events } = await send(opened.client, opened.agentId, say('hi'), {
      stream_tokens: false,
    })
    expect(outline(events)).to.deep.equal([
      'ping',
      'reasoning_message "Let me see."',
      'assistant_message "Hello there"',
      'stop_reason end_turn',
      'usage_statistics',
    ])
  })

  it('can be answered without a stream', async () => {
    opened.model.play({ text: 'Hello there' })
    const answer = await opened.client.agents.messages.create(opened.agentId, {
      messages: say('hi'),
    })
    expect(outline(answer.messages.map((item) => ({ ...item })))).to.deep.equal([
      'assistant_message "Hello there"',
    ])
    expect(answer.stop_reason.stop_reason).to.equal('end_turn')
    expect(answer.usage.total_tokens).to.equal(110)
  })

  it('is streamed by the call for complete responses on request', async () => {
    opened.model.play({ text: 'Hello there' })
    const { events } = await collect(
      opened.client.agents.messages.create(opened.agentId, {
        ...{ messages: say('hi'), streaming: true, stream_tokens: true, background: true },
      }),
    )
    expect(outline(events)).to.deep.equal([
      'ping',
      'assistant_message "Hello "',
      'assistant_message "there"',
      'stop_reason end_turn',
      'usage_statistics',
    ])
    expect(events[2]).to.deep.include({ seq_id: 3 })
  })

  it('sends only the requested message types and the end', async () => {
    const call = { callId: 'call_1', name: 'memory_insert', args: '{}' }
    const turns = [{ reasoning: 'Hm.', calls: [call] }, { text: 'Done.' }]
    opened.model.play(...turns, ...turns)
    const include_return_message_types = ['assistant_message' as const]
    const asked = { include_return_message_types, include_pings: false }
    const { events } = await send(opened.client, opened.agentId, say('hi'), asked)
    expect(outline(events)).to.deep.equal([
      'assistant_message "Done."',
      'stop_reason end_turn',
      'usage_statistics',
    ])
    const created = await opened.client.agents.messages.create(opened.agentId, {
      ...{ messages: say('hi'), include_return_message_types },
    })
    expect(outline(created.messages.map((one) => ({ ...one })))).to.deep.equal([
      'assistant_message "Done."',
    ])
  })

  it('sends the model the complete conversation, including its signed reasoning', async () => {
    opened.model.play({ reasoning: 'Hm', signature: 'sealed', text: 'Hello' }, { text: 'Again' })
    await send(opened.client, opened.agentId, say('hi'))
    await send(opened.client, opened.agentId, say('more'))
    expect(opened.model.requests[1]?.messages.slice(1)).to.deep.equal([
      { role: 'user', content: [{ type: 'text', text: 'hi' }] },
      {
        role: 'assistant',
        reasoning: [{ text: 'Hm', signature: 'sealed' }],
        text: 'Hello',
        calls: [],
      },
      { role: 'user', content: [{ type: 'text', text: 'more' }] },
    ])
  })

  it('reuses the system prompt while memory is unchanged', async () => {
    opened.model.play({ text: 'Hello' }, { text: 'Again' })
    await send(opened.client, opened.agentId, say('hi'))
    await send(opened.client, opened.agentId, say('more'))
    const [first, second] = opened.model.requests.map((request) => request.messages[0])
    expect(second).to.deep.equal(first)
  })

  it('stops at the maximum number of steps', async () => {
    const search = { callId: 'c1', name: 'conversation_search', args: '{"query":"x"}' }
    opened.model.play({ calls: [search] }, { calls: [{ ...search, callId: 'c2' }] })
    const { events } = await send(opened.client, opened.agentId, say('loop'), { max_steps: 2 })
    expect(outline(events).slice(-2)).to.deep.equal(['stop_reason max_steps', 'usage_statistics'])
    expect(opened.model.requests).to.have.lengthOf(2)
  })

  it('reports an answer that the token limit has ended', async () => {
    opened.model.play({ text: 'And so', finish: 'length' })
    const { events } = await send(opened.client, opened.agentId, say('tell'))
    expect(outline(events)).to.include('stop_reason max_tokens_exceeded')
  })

  it('answers the call of an unknown tool with the names of the valid ones', async () => {
    opened.model.play(
      { calls: [{ callId: 'c1', name: 'Fly', args: '{}' }] },
      { text: 'I cannot fly.' },
    )
    const { events } = await send(opened.client, opened.agentId, say('fly'))
    expect(outline(events)).to.deep.include(
      "tool_return_message c1 error: [ToolConstraintError] Cannot call Fly, valid tools include: ['Bash', 'memory_insert', 'memory_replace', 'memory_rethink', 'conversation_search'].",
    )
    expect(outline(events)).to.include('assistant_message "cannot "')
  })

  it('sends images to the model and stores them', async () => {
    opened.model.play({ text: 'A cat.' })
    const source = { type: 'base64', media_type: 'image/png', data: 'aGk=' } as const
    const content = [
      { type: 'text' as const, text: 'what is it?' },
      { type: 'image' as const, source },
    ]
    await send(opened.client, opened.agentId, [{ role: 'user', content }])
    expect(opened.model.requests[0]?.messages[1]).to.deep.equal({
      role: 'user',
      content: [
        { type: 'text', text: 'what is it?' },
        { type: 'image', mediaType: 'image/png', base64: 'aGk=' },
      ],
    })
  })

  it('sends an image with the media type of its data, whatever type is stated', async () => {
    opened.model.play({ text: 'Pictures.' })
    const beginnings = [
      '\x89PNG\r\n\x1a\n',
      '\xff\xd8\xff',
      'GIF89a',
      'RIFF\x01\xff\x00\x00WEBPVP8 ',
    ]
    const content = beginnings.map((bytes) => {
      const data = Buffer.from(bytes, 'latin1').toString('base64')
      const source = { type: 'base64' as const, media_type: 'image/bmp', data }
      return { type: 'image' as const, source }
    })
    await send(opened.client, opened.agentId, [{ role: 'user', content }])
    const [, said] = opened.model.requests[0]?.messages ?? []
    const parts = said?.role === 'user' ? said.content : []
    expect(parts.map((part) => (part.type === 'image' ? part.mediaType : null))).to.deep.equal([
      ...['image/png', 'image/jpeg', 'image/gif', 'image/webp'],
    ])
  })

  it('retains the message and the partial answer when the model fails', async () => {
    const error = new ProviderError('interrupted', 'The connection broke.')
    opened.model.play({ text: 'Half an', error }, { text: 'Better.' })
    const { events, error: reported } = await send(opened.client, opened.agentId, say('hi'))
    expect(outline(events).at(-1)).to.equal('stop_reason llm_api_error')
    expect(reported).to.deep.include({
      message_type: 'error_message',
      error_type: 'internal_error',
      message: 'The connection broke.',
    })
    await send(opened.client, opened.agentId, say('again'))
    expect(await storedOutline(opened.client, opened.agentId)).to.deep.equal([
      'user_message "hi"',
      'assistant_message "Half an"',
      'user_message "again"',
      'assistant_message "Better."',
    ])
    expect(opened.model.requests[1]?.messages.slice(1)).to.deep.equal([
      { role: 'user', content: [{ type: 'text', text: 'hi' }] },
      { role: 'assistant', reasoning: [], text: 'Half an', calls: [] },
      { role: 'user', content: [{ type: 'text', text: 'again' }] },
    ])
  })

  it('retries a busy provider before anything has been streamed', async () => {
    const error = new ProviderError('rateLimit', 'Slow down.', { status: 429, retryAfterMs: 0 })
    opened.model.play({ error }, { error }, { text: 'Hello' })
    const { events } = await send(opened.client, opened.agentId, say('hi'))
    expect(outline(events)).to.include('assistant_message "Hello"')
  })

  it('fails after three attempts with the type of the error', async () => {
    const error = new ProviderError('rateLimit', 'Slow down.', { status: 429, retryAfterMs: 0 })
    opened.model.play({ error }, { error }, { error })
    const { error: reported } = await send(opened.client, opened.agentId, say('hi'))
    expect(reported?.['error_type']).to.equal('llm_rate_limit')
    expect(opened.model.requests).to.have.lengthOf(3)
  })

  it('fails at once when the provider asks for a long wait', async () => {
    const error = new ProviderError('rateLimit', 'In an hour.', { retryAfterMs: 3_600_000 })
    opened.model.play({ error })
    const { error: reported } = await send(opened.client, opened.agentId, say('hi'))
    expect(reported?.['message']).to.equal('In an hour.')
  })

  it('does not retry a request that the provider rejects', async () => {
    const error = new ProviderError('authentication', 'The key is wrong.', { status: 401 })
    opened.model.play({ error })
    const { error: reported } = await send(opened.client, opened.agentId, say('hi'))
    expect(reported?.['error_type']).to.equal('llm_authentication')
    expect(opened.model.requests).to.have.lengthOf(1)
  })

  it('can use another model for one run', async () => {
    const model = scriptedProvider([{ text: 'Hi.' }, { text: 'Hi.' }], { acceptsAnyModel: true })
    const { client, close } = await openedServer({ model })
    const agentId = await createAgent(client)
    await send(client, agentId, say('hi'), { override_model: 'scripted/other' })
    await send(client, agentId, say('hi'))
    expect(model.requests.map((request) => request.model)).to.deep.equal(['other', 'model'])
    await close()
  })

  it('does not retry a provider that fails after the first part of its answer', async () => {
    const error = new ProviderError('rateLimit', 'Slow down.', { status: 429, retryAfterMs: 0 })
    opened.model.play({ text: 'Half an', error }, { text: 'Twice.' })
    const { events, error: failure } = await send(opened.client, opened.agentId, say('hi'))
    expect(failure?.['message']).to.equal('Slow down.')
    expect(outline(events).filter((line) => line.startsWith('assistant_message'))).to.deep.equal([
      'assistant_message "Half "',
      'assistant_message "an"',
    ])
    expect(opened.model.requests).to.have.lengthOf(1)
  })
})

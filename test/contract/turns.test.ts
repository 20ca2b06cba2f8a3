import { expect } from 'chai'
import { INPUT_TWICE } from '../../lib/server/messages/api.ts'
import { collect, outline, say } from '../support/letta-server.ts'
import { contract, expectRejection } from './contract-suite.ts'
import { normalize } from './normalize.ts'
import { outlineStream } from './outline-stream.ts'

contract('A turn', (desk) => {
  it('is refused when it has both an input and messages', async () => {
    const agent = await desk.agent()
    const body = { input: 'one', messages: say('two') }
    const refused = await expectRejection(
      desk.client.post(`/v1/agents/${agent}/messages`, { body, maxRetries: 0 }),
    )
    expect([refused.status, JSON.stringify(refused.body)]).to.satisfy(
      ([status, text]: [number, string]) => status === 422 && text.includes(INPUT_TWICE),
    )
  })

  it('follows the messages with which the agent was created', async () => {
    const first = { role: 'user', content: 'I drink tea.' } as const
    const agent = await desk.agent({ initial_message_sequence: [first] })
    desk.plays({ text: 'Hello' })
    await desk.send(agent, say('hi'))
    expect(JSON.stringify(desk.asked()[0]?.messages)).to.contain('I drink tea.')
    const { items } = await desk.client.agents.messages.list(agent)
    const said = items.flatMap((item) =>
      item.message_type === 'user_message' ? [item.content] : [],
    )
    expect(said.toSorted()).to.deep.equal(['I drink tea.', 'hi'])
  })

  it('streams reasoning and text token by token, then the reason of its end', async () => {
    const agent = await desk.agent()
    desk.plays({ reasoning: ['Let me ', 'see.'], text: ['Hello ', 'there'] })
    const { events } = await desk.send(agent, say('hi'))
    expect(outline(events)).to.deep.equal([
      'ping',
      'reasoning_message "Let me "',
      'reasoning_message "see."',
      'assistant_message "Hello "',
      'assistant_message "there"',
      'stop_reason end_turn',
      'usage_statistics',
    ])
  })

  it('streams complete parts when tokens are not requested', async () => {
    const agent = await desk.agent()
    const answer = { reasoning: ['Let me ', 'see.'], text: ['Hello ', 'there'] }
    desk.plays(answer, answer)
    const streamed = await desk.send(agent, say('hi'), { stream_tokens: false })
    expect(outlineStream(streamed)).to.deep.equal([
      'ping',
      'reasoning_message "Let me see."',
      'assistant_message "Hello there"',
      'stop_reason end_turn',
      'usage_statistics',
    ])
  })

  it('gives all parts of an answer one id, and each part its otid', async () => {
    const agent = await desk.agent()
    desk.plays({ reasoning: ['Hm.'], text: ['Hello'] })
    const { events } = await desk.send(agent, say('hi'))
    const envelope = { ...ENVELOPE, id: 'message-1', step_id: 'step-1' }
    expect(normalize(events)).to.deep.equal([
      { ...ENVELOPE, message_type: 'ping', id: 'ping-1' },
      {
        ...envelope,
        message_type: 'reasoning_message',
        otid: 'message-1/0',
        reasoning: 'Hm.',
        signature: null,
        source: 'reasoner_model',
      },
      { ...envelope, message_type: 'assistant_message', otid: 'message-1/1', content: 'Hello' },
      { message_type: 'stop_reason', stop_reason: 'end_turn' },
      {
        message_type: 'usage_statistics',
        prompt_tokens: 10,
        completion_tokens: 2,
        total_tokens: 12,
        cached_input_tokens: 0,
        cache_write_tokens: desk.differs('missing-usage', { real: null, ours: 0 }),
        reasoning_tokens: 0,
        context_tokens: 12,
        step_count: 1,
        run_ids: null,
      },
    ])
  })

  it('is also streamed by the call that answers at once', async () => {
    const agent = await desk.agent()
    desk.plays({ text: ['Hello ', 'there'] })
    const body = { messages: say('hi'), streaming: true, stream_tokens: true } as const
    const { events } = await collect(desk.client.agents.messages.create(agent, body))
    expect(outline(events)).to.deep.equal([
      'ping',
      'assistant_message "Hello "',
      'assistant_message "there"',
      'stop_reason end_turn',
      'usage_statistics',
    ])
  })

  it('streams the requested types of messages only', async () => {
    const agent = await desk.agent()
    desk.plays({ reasoning: ['Hm.'], text: ['Hello'] })
    const streamed = await desk.send(agent, say('hi'), {
      include_return_message_types: ['assistant_message'],
      include_pings: false,
    })
    expect(outlineStream(streamed)).to.deep.equal([
      'assistant_message "Hello"',
      'stop_reason end_turn',
      'usage_statistics',
    ])
  })

  it('stores its messages', async () => {
    const agent = await desk.agent()
    desk.plays({ reasoning: ['Hm.'], text: ['Hello'] })
    await desk.send(agent, say('hi'))
    expect(await desk.history(agent)).to.deep.equal([
      'user_message "hi"',
      'reasoning_message "Hm."',
      'assistant_message "Hello"',
    ])
  })

  it('begins the history with the system prompt, which is in context', async () => {
    const agent = await desk.agent()
    const { items } = await desk.client.agents.messages.list(agent)
    expect(items.map((item) => item.message_type)).to.deep.equal(['system_message'])
    const { message_ids } = await desk.client.agents.retrieve(agent)
    expect(items.map(({ id }) => id)).to.deep.equal(message_ids)
  })
})

const ENVELOPE = {
  date: 'TIME',
  is_err: null,
  name: null,
  otid: null,
  run_id: 'run-1',
  sender_id: null,
  seq_id: null,
  step_id: null,
}

import { expect } from 'chai'
import { collect, type Streamed, say } from '../support/letta-server.ts'
import {
  type ContractMessages,
  contract,
  expectRejection,
  MODEL,
  UNKNOWN_UUID,
} from './contract-suite.ts'
import { normalize } from './normalize.ts'
import { outlineStream } from './outline-stream.ts'

contract('A conversation', (desk) => {
  const opened = async (agent: string) =>
    (await desk.client.conversations.create({ agent_id: agent })).id
  const send = (id: string, messages: ContractMessages, more: object = {}): Promise<Streamed> =>
    collect(
      desk.client.conversations.messages.create(id, {
        messages,
        streaming: true,
        stream_tokens: true,
        ...more,
      }) as Promise<AsyncIterable<unknown>>,
    )

  it('is created for an agent, named, and deleted', async () => {
    const agent = await desk.agent()
    const created = await desk.client.conversations.create({ agent_id: agent })
    expect(normalize([agent, created])[1]).to.deep.include({
      id: 'conv-1',
      agent_id: 'agent-1',
      isolated_block_ids: [],
    })
    const { id } = created
    const named = await desk.client.conversations.update(id, { summary: 'Greetings' })
    expect(named.summary).to.equal('Greetings')
    const listed = await desk.client.conversations.list({ agent_id: agent })
    expect(listed.map((one) => one.id)).to.deep.equal([id])
    await desk.client.conversations.delete(id)
    expect((await expectRejection(desk.client.conversations.retrieve(id))).status).to.equal(404)
  })

  it('has a separate history, and the memory of its agent', async () => {
    const agent = await desk.agent({ tools: [] })
    const [first, second] = [await opened(agent), await opened(agent)]
    desk.plays({ text: 'A' }, { text: 'B' })
    await send(first, say('one'))
    expect(outlineStream(await send(second, say('two')))).to.deep.equal([
      'ping',
      'assistant_message "B"',
      'stop_reason end_turn',
      'usage_statistics',
    ])
    expect(desk.said()).to.deep.equal([{ role: 'user', content: 'two' }])
    expect(String(desk.prompt()[0]?.['content'])).to.include('Name: unknown')
    expect(String(desk.prompt()[0]?.['content'])).to.include('- CONVERSATION_ID: conv-1')
  })

  it('lists its messages newest first', async () => {
    const conversation = await opened(await desk.agent({ tools: [] }))
    desk.plays({ text: 'A' })
    await send(conversation, say('one'))
    const { items } = await desk.client.conversations.messages.list(conversation)
    const texts = items.filter((item) => item.message_type !== 'system_message')
    expect(texts.map((item) => Object(item).content)).to.deep.equal(['A', 'one'])
  })

  it('named default is the history of the agent itself', async () => {
    const agent = await desk.agent({ tools: [] })
    desk.plays({ text: 'A' })
    await send('default', say('one'), { agent_id: agent })
    expect(await desk.history(agent)).to.deep.equal(['user_message "one"', 'assistant_message "A"'])
  })

  it('accepts one message at a time', async () => {
    const conversation = await opened(await desk.agent({ tools: [] }))
    desk.plays({ text: Array<string>(100).fill('word '), delayMs: 100 })
    const body = { messages: say('one'), streaming: true, stream_tokens: true, background: true }
    const stream = (await desk.client.conversations.messages.create(
      conversation,
      body,
    )) as AsyncIterable<{ message_type: string }>
    let second: Promise<unknown> | null = null
    for await (const event of stream) {
      if (event.message_type !== 'assistant_message' || second !== null) continue
      second = expectRejection(send(conversation, say('two')))
      await second
      await desk.client.conversations.cancel(conversation)
    }
    expect(normalize(await second)).to.deep.equal({
      status: 409,
      body: {
        detail:
          'CONFLICT: Cannot send a new message: Another request (run_id=run-1) is currently being processed for this conversation. Please wait for it to complete.',
        run_id: 'run-1',
      },
    })
  })

  it('replays a run for messages that are sent again', async () => {
    const conversation = await opened(await desk.agent({ tools: [] }))
    const otid = crypto.randomUUID()
    const messages: ContractMessages = [{ role: 'user', content: 'one', otid }]
    desk.plays({ text: ['A ', 'B'] }, { text: 'not this' })
    const first = await send(conversation, messages, { background: true })
    const again = await send(conversation, messages, { background: true })
    expect(outlineStream(again)).to.deep.equal(outlineStream(first))
    expect(again.events[0]?.['run_id']).to.equal(first.events[0]?.['run_id'])
    expect(desk.asked().length).to.equal(1)
  })

  it('is compacted without the others', async () => {
    const agent = await desk.agent({ tools: [] })
    const [one, other] = [await opened(agent), await opened(agent)]
    for (const id of [one, other]) {
      desk.plays({ text: 'A' }, { text: 'B' })
      await send(id, say('1'))
      await send(id, say('2'))
    }
    desk.plays(...Array(3).fill({ text: 'They counted to two.' }))
    await desk.client.conversations.messages.compact(one, {
      compaction_settings: { mode: 'all', model: MODEL },
    })
    desk.plays({ text: 'C' }, { text: 'C' })
    await send(one, say('3'))
    expect(JSON.stringify(desk.said())).to.include('They counted to two.')
    await send(other, say('3'))
    expect(desk.said().map(({ content }) => content)).to.deep.equal(['1', 'A', '2', 'B', '3'])
  })

  it('without a run has nothing to cancel', async () => {
    const conversation = await opened(await desk.agent())
    expect(
      normalize(await expectRejection(desk.client.conversations.cancel(conversation))),
    ).to.deep.equal({
      status: 409,
      body: { detail: 'CONFLICT: No active runs to cancel for conversation conv-1' },
    })
  })

  it('that does not exist is a 404', async () => {
    const id = `conv-${UNKNOWN_UUID}`
    const statuses = [
      await expectRejection(desk.client.conversations.retrieve(id)),
      await expectRejection(send(id, say('hi'))),
    ].map(({ status }) => status)
    expect(statuses).to.deep.equal([404, 404])
  })
})

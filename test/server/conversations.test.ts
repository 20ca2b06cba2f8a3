import type { Letta } from '@letta-ai/letta-client'
import { expect } from 'chai'
import { NO_ACTIVE_RUNS } from '../../lib/server/messages/api.ts'
import {
  answered,
  collect,
  createAgent,
  outline,
  say,
  send,
  storedOutline,
  type WireEvent,
  withoutSystem,
} from '../support/letta-server.ts'
import { withServer } from '../support/with-server.ts'

type CreateBody = Parameters<Letta['conversations']['messages']['create']>[1]

const LIST = { callId: 'call_1', name: 'Bash', args: '{"command":"ls"}' }
const OTID = 'b2ca9b86-f11a-4278-8c65-440c7c9deece'

describe('A conversation of the embedded server', () => {
  const opened = withServer()
  let id: string

  beforeEach(async () => {
    id = (await opened.client.conversations.create({ agent_id: opened.agentId })).id
  })

  const sendIn = (conversationId: string, body: CreateBody) =>
    collect(
      opened.client.conversations.messages.create(
        conversationId,
        { stream_tokens: true, background: true, ...body },
        { maxRetries: 0 },
      ),
    )

  const rejection = (promise: Promise<unknown>) =>
    promise.then(
      () => null,
      (thrown: unknown) => ({ status: Object(thrown).status, detail: Object(thrown).error.detail }),
    )

  const stored = async (conversationId: string): Promise<readonly string[]> => {
    const query = { order: 'asc', agent_id: opened.agentId } as const
    const { items } = await opened.client.conversations.messages.list(conversationId, query)
    return outline(withoutSystem(items))
  }

  it('can be created, listed, updated, retrieved and deleted', async () => {
    const other = await opened.client.conversations.create({
      agent_id: opened.agentId,
      summary: 'Groceries',
    })
    const ids = async (query: object) =>
      (await opened.client.conversations.list({ agent_id: opened.agentId, ...query })).map(
        (one) => one.id,
      )
    expect(await ids({})).to.deep.equal([other.id, id])
    expect(await ids({ order: 'asc' })).to.deep.equal([id, other.id])
    expect(await ids({ summary_search: 'grocer' })).to.deep.equal([other.id])
    expect(await ids({ after: other.id })).to.deep.equal([id])
    opened.model.play({ text: 'Yes.' })
    await sendIn(id, { messages: say('hi') })
    expect(await ids({ order_by: 'last_message_at' })).to.deep.equal([id, other.id])
    expect(await ids({ order_by: 'last_message_at', after: id })).to.deep.equal([other.id])

    await opened.client.conversations.update(id, { summary: 'A title' })
    const { items } = await opened.client.conversations.messages.list(id, { order: 'asc' })
    const said = items.map((item) => item.id)
    expect(said[0]).to.equal(id.replace('conv', 'message'))
    const { created_at, updated_at, ...found } = await opened.client.conversations.retrieve(id)
    expect(found).to.deep.equal({
      id,
      agent_id: opened.agentId,
      summary: 'A title',
      in_context_message_ids: said,
      isolated_block_ids: [],
      model: null,
      model_settings: null,
      last_message_at: found.last_message_at,
      archived: false,
      archived_at: null,
    })
    await opened.client.conversations.delete(id)
    expect(await ids({})).to.deep.equal([other.id])
    expect(await rejection(opened.client.conversations.retrieve(id))).to.deep.equal({
      status: 404,
      detail: `Conversation not found with id='${id}'`,
    })
  })

  it('cannot be created for an agent that does not exist', async () => {
    const unknown = opened.agentId.replace(/....$/, '0000')
    expect(
      await rejection(opened.client.conversations.create({ agent_id: unknown })),
    ).to.deep.equal({
      status: 404,
      detail: 'Agent not found',
    })
  })

  it('streams like an agent, and has a history separate from the agent’s default one', async () => {
    opened.model.play({ text: 'One two' }, { text: 'Three' }, { text: 'Four' })
    const { events } = await sendIn(id, { messages: say('first') })
    expect(outline(events)).to.deep.equal([
      'ping',
      'assistant_message "One "',
      'assistant_message "two"',
      'stop_reason end_turn',
      'usage_statistics',
    ])
    expect(events.map((event) => event['seq_id'])).to.deep.equal([1, 2, 3, undefined, undefined])
    await send(opened.client, opened.agentId, say('to the agent itself'))
    await sendIn(id, { messages: say('second') })
    expect(opened.model.requests.map(({ messages }) => messages.length - 1)).to.deep.equal([
      1, 1, 3,
    ])
    expect(await stored(id)).to.deep.equal([
      'user_message "first"',
      'assistant_message "One two"',
      'user_message "second"',
      'assistant_message "Four"',
    ])
    expect(await stored('default')).to.deep.equal([
      'user_message "to the agent itself"',
      'assistant_message "Three"',
    ])
    const newest = await opened.client.conversations.messages.list(id, { limit: 1 })
    expect(outline(newest.items.map((item): WireEvent => ({ ...item })))).to.deep.equal([
      'assistant_message "Four"',
    ])
    const { in_context_message_ids, last_message_at } =
      await opened.client.conversations.retrieve(id)
    expect([in_context_message_ids?.length, typeof last_message_at]).to.deep.equal([5, 'string'])
  })

  it('states its id in the system prompt, and shares the memory blocks of the agent', async () => {
    opened.model.play({ text: 'Yes.' })
    await sendIn(id, { messages: say('hi') })
    const [system] = opened.model.requests[0]?.messages ?? []
    const text = system?.role === 'system' ? system.text : ''
    expect(text).to.include(`- CONVERSATION_ID: ${id}\n`)
    expect(text).to.include('<value>\nName: unknown\n</value>')
  })

  it('can have isolated copies of memory blocks', async () => {
    // The client has no name for these yet.
    const isolated = {
      query: { agent_id: opened.agentId },
      body: { isolated_block_labels: ['human'] },
    }
    const made = Object(await opened.client.post('/v1/conversations/', isolated))
    const insert = { label: 'human', new_string: 'Likes tea' }
    const call = { callId: 'call_9', name: 'memory_insert', args: JSON.stringify(insert) }
    opened.model.play({ calls: [call] }, { text: 'Noted.' })
    await sendIn(made.id, { messages: say('I like tea') })
    const own = await opened.client.blocks.retrieve(made.isolated_block_ids[0])
    const shared = await opened.client.agents.blocks.retrieve('human', { agent_id: opened.agentId })
    expect([own.value, shared.value]).to.deep.equal(['Name: unknown\nLikes tea', 'Name: unknown'])
  })

  it('returns the complete response when streaming is disabled', async () => {
    opened.model.play({ text: 'One two' })
    const body = { messages: say('hi'), streaming: false }
    const answer = await opened.client.post(`/v1/conversations/${id}/messages`, { body })
    const { messages, stop_reason, usage } = Object(answer)
    expect(outline(messages)).to.deep.equal(['assistant_message "One two"'])
    expect([stop_reason, usage.step_count]).to.deep.equal([
      { message_type: 'stop_reason', stop_reason: 'end_turn' },
      1,
    ])
  })

  it('refuses a second message while one is answered, without blocking other conversations', async () => {
    opened.model.play({ text: 'Slow', hang: true }, { text: 'Quick' })
    const slow = sendIn(id, { messages: say('one') })
    await opened.model.hanging()
    const [run] = (await opened.client.runs.list({ agent_id: opened.agentId, active: true })).items
    expect([run?.conversation_id, run?.status]).to.deep.equal([id, 'running'])
    const busy = await rejection(sendIn(id, { messages: say('two') }))
    expect(busy).to.deep.equal({
      status: 409,
      detail: `CONFLICT: Cannot send a new message: Another request (run_id=${run?.id}) is currently being processed for this conversation. Please wait for it to complete.`,
    })
    const { events } = await send(opened.client, opened.agentId, say('meanwhile'))
    expect(outline(events)[1]).to.equal('assistant_message "Quick"')
    expect(await opened.client.conversations.cancel(id)).to.deep.equal({
      [run?.id ?? '']: 'cancelled',
    })
    expect(outline((await slow).events).at(-1)).to.equal('stop_reason cancelled')
    expect(await rejection(opened.client.conversations.cancel(id))).to.deep.equal({
      status: 409,
      detail: `CONFLICT: No active runs to cancel for conversation ${id}`,
    })
  })

  it('answers a repeated request with the same run, during the run and after it', async () => {
    const body: CreateBody = { messages: [{ role: 'user', content: 'one', otid: OTID }] }
    opened.model.play({ text: 'One two', hang: true })
    const first = sendIn(id, body)
    await opened.model.hanging()
    const during = sendIn(id, body)
    await opened.client.conversations.cancel(id)
    const after = await sendIn(id, body)
    expect((await during).events).to.deep.equal((await first).events)
    expect(after.events).to.deep.equal((await first).events)
    expect(opened.model.requests).to.have.lengthOf(1)
    expect(await stored(id)).to.deep.equal(['user_message "one"', 'assistant_message "One two"'])
  })

  it('deletes its isolated memory blocks when it is deleted', async () => {
    const isolated = {
      query: { agent_id: opened.agentId },
      body: { isolated_block_labels: ['human'] },
    }
    const labels = async () => (await opened.client.blocks.list()).items.map(({ label }) => label)
    const before = await labels()
    const made = Object(await opened.client.post('/v1/conversations/', isolated))
    expect(await labels()).to.deep.equal([...before, 'human'])
    await opened.client.conversations.delete(made.id)
    expect(await labels()).to.deep.equal(before)
  })

  it('answers repeated results of tool calls with the same run', async () => {
    opened.model.play({ calls: [LIST] }, { text: 'Two files.' })
    await sendIn(id, { messages: say('list') })
    const [answer] = answered('call_1', 'a b')
    const messages = answer === undefined ? [] : [{ ...answer, otid: OTID }]
    const first = await sendIn(id, { messages })
    const again = await sendIn(id, { messages })
    expect(again.events).to.deep.equal(first.events)
    expect(again.error).to.equal(null)
    expect(opened.model.requests).to.have.lengthOf(2)
  })

  it('lets a reader resume the stream of an active run', async () => {
    opened.model.play({ text: 'One two', hang: true })
    const first = sendIn(id, { messages: [{ role: 'user', content: 'one', otid: OTID }] })
    await opened.model.hanging()
    const again = await opened.client.conversations.messages.stream(id, { starting_after: 2 })
    await opened.client.conversations.cancel(id)
    expect(outline((await collect(Promise.resolve(again))).events)).to.deep.equal([
      'assistant_message "two"',
      'stop_reason cancelled',
    ])
    const named = await collect(opened.client.conversations.messages.stream(id, { otid: OTID }))
    expect(named.events).to.deep.equal((await first).events)
    expect(
      await rejection(collect(opened.client.conversations.messages.stream(id, {}))),
    ).to.deep.equal({
      status: 400,
      detail: 'INVALID_ARGUMENT: No active runs found for this conversation.',
    })
  })

  it('has pending approvals that do not block the agent', async () => {
    opened.model.play({ calls: [LIST] }, { text: 'Elsewhere.' }, { text: 'Two files.' })
    const { events } = await sendIn(id, { messages: say('list') })
    expect(outline(events).at(-2)).to.equal('stop_reason requires_approval')
    const waiting = await sendIn(id, { messages: say('well?') })
    expect(String(waiting.error?.['message'])).to.match(/^CONFLICT: Cannot send a new message/)
    const body = { messages: say('well?'), streaming: false }
    expect(await rejection(sendIn(id, body))).to.deep.include({ status: 409 })
    await send(opened.client, opened.agentId, say('hi'))
    await sendIn(id, { messages: answered('call_1', 'a b') })
    expect(await stored(id)).to.deep.equal([
      'user_message "list"',
      'approval_request_message call_1 Bash {"command":"ls"}',
      'tool_return_message call_1 success: a b',
      'assistant_message "Two files."',
    ])
  })

  it('accepts client tools with each request', async () => {
    opened.model.play({ calls: [{ callId: 'c', name: 'Look', args: '{}' }] })
    const client_tools = [{ name: 'Look', description: 'Looks', parameters: { type: 'object' } }]
    const { events } = await sendIn(id, { messages: say('look'), client_tools })
    expect(outline(events)[1]).to.equal('approval_request_message c Look null')
    expect(opened.model.requests[0]?.tools.map((tool) => tool.name)).to.include('Look')
  })

  it('named default is the agent’s default history, with a lock', async () => {
    opened.model.play({ text: 'One' }, { text: 'Two', hang: true })
    await send(opened.client, opened.agentId, say('hi'))
    const second = sendIn('default', { agent_id: opened.agentId, messages: say('again') })
    await opened.model.hanging()
    const third = { agent_id: opened.agentId, messages: say('me too') }
    expect(await rejection(sendIn('default', third))).to.deep.include({ status: 409 })
    await opened.client.conversations.cancel('default', { agent_id: opened.agentId })
    await second
    expect(await storedOutline(opened.client, opened.agentId)).to.deep.equal([
      'user_message "hi"',
      'assistant_message "One"',
      'user_message "again"',
      'assistant_message "Two"',
    ])
    expect(await rejection(sendIn('default', { messages: say('hi') }))).to.deep.equal({
      status: 404,
      detail: "Conversation not found with id='default'",
    })
  })

  it('can be forked with its history, and both continue independently', async () => {
    opened.model.play({ text: 'One' }, { text: 'Two' })
    await sendIn(id, { messages: say('hi') })
    const fork = await opened.client.conversations.fork(id)
    await sendIn(fork.id, { messages: say('on') })
    expect(await stored(fork.id)).to.deep.equal([
      'user_message "hi"',
      'assistant_message "One"',
      'user_message "on"',
      'assistant_message "Two"',
    ])
    expect(await stored(id)).to.have.lengthOf(2)
    const [, first] = (await opened.client.conversations.messages.list(id, { order: 'asc' })).items
    const hidden = await opened.client.conversations.fork(id, {
      message_id: first?.id ?? '',
      hidden: true,
    })
    expect(await stored(hidden.id)).to.deep.equal(['user_message "hi"'])
    const listed = await opened.client.conversations.list({ agent_id: opened.agentId })
    expect(listed.map((one) => one.id)).to.deep.equal([fork.id, id])
  })

  it('is deleted together with its agent', async () => {
    await opened.client.agents.delete(opened.agentId)
    expect(await rejection(opened.client.conversations.retrieve(id))).to.deep.include({
      status: 404,
    })
  })

  it('leaves an isolated memory block that an agent uses when it is deleted', async () => {
    const isolated = {
      query: { agent_id: opened.agentId },
      body: { isolated_block_labels: ['human'] },
    }
    const { id: made, isolated_block_ids } = Object(
      await opened.client.post('/v1/conversations/', isolated),
    )
    const [blockId] = isolated_block_ids
    await opened.client.agents.create({ model: 'scripted/model', block_ids: [blockId] })
    await opened.client.conversations.delete(made)
    expect((await opened.client.blocks.retrieve(blockId)).label).to.equal('human')
  })

  it('streams no run of another agent', async () => {
    const other = await createAgent(opened.client)
    opened.model.play({ text: 'Secret.' })
    const { events } = await send(opened.client, other, say('hi'), { background: true })
    const run_id = String(events[0]?.['run_id'])
    const stream = collect(opened.client.conversations.messages.stream(id, Object({ run_id })))
    expect(await rejection(stream)).to.deep.equal({ status: 400, detail: NO_ACTIVE_RUNS })
  })
})

import { expect } from 'chai'
import {
  answered,
  outline,
  say,
  send,
  type WireEvent,
  withoutSystem,
} from '../../support/letta-server.ts'
import { withServer } from '../../support/with-server.ts'

const FIRST = { callId: 'call_0', name: 'Bash', args: '{"command":"ls"}' }

describe('Calls of a model that numbers them from 0 in each answer', () => {
  const opened = withServer()

  const waitingId = (events: readonly WireEvent[]): string => {
    const ids = events
      .filter((event) => event['message_type'] === 'approval_request_message')
      .map((event) => String(Object([event['tool_calls']].flat()[0]).tool_call_id))
    expect(new Set(ids).size).to.equal(1)
    return ids[0] ?? ''
  }

  it('get unique ids, the same in events, in the history and in the prompt', async () => {
    opened.model.play({ calls: [FIRST] }, { calls: [FIRST] }, { text: 'Done.' })
    const first = await send(opened.client, opened.agentId, say('list'))
    const second = await send(opened.client, opened.agentId, answered('call_0', 'a'))
    const renamed = waitingId(second.events)
    expect(waitingId(first.events)).to.equal('call_0')
    expect(renamed).to.match(/^call_[0-9a-f]{24}$/)
    const third = await send(opened.client, opened.agentId, answered(renamed, 'b'))
    expect(third.error).to.equal(null)

    const { items } = await opened.client.agents.messages.list(opened.agentId, { order: 'asc' })
    expect(outline(withoutSystem(items)).slice(1)).to.deep.equal([
      'approval_request_message call_0 Bash {"command":"ls"}',
      'tool_return_message call_0 success: a',
      `approval_request_message ${renamed} Bash {"command":"ls"}`,
      `tool_return_message ${renamed} success: b`,
      'assistant_message "Done."',
    ])
    const called = opened.model.requests[2]?.messages.flatMap((message) => {
      if (message.role === 'tool') return message.callId
      return message.role === 'assistant' ? message.calls.map((call) => call.callId) : []
    })
    expect(called).to.deep.equal(['call_0', 'call_0', renamed, renamed])
  })

  it('get unique ids within one answer, and when the model sends none', async () => {
    const other = { ...FIRST, args: '{"command":"pwd"}' }
    opened.model.play({ calls: [FIRST, other, { ...FIRST, callId: '' }] })
    await send(opened.client, opened.agentId, say('list'))
    const { pending_approval } = await opened.client.agents.retrieve(opened.agentId)
    const calls = [pending_approval?.tool_calls ?? []].flat()
    expect(calls.map((call) => call.arguments)).to.deep.equal([FIRST.args, other.args, FIRST.args])
    expect(new Set(calls.map((call) => call.tool_call_id)).size).to.equal(3)
    expect(calls.every((call) => (call.tool_call_id ?? '').startsWith('call_'))).to.equal(true)
  })

  it('get ids that are unique across the conversations of the agent', async () => {
    const { client } = opened
    const { id } = await client.conversations.create({ agent_id: opened.agentId })
    opened.model.play({ calls: [FIRST] }, { calls: [FIRST] })
    await send(client, opened.agentId, say('list'))
    const events: WireEvent[] = []
    const body = { messages: say('list'), stream_tokens: true }
    const stream = await client.conversations.messages.create(id, body)
    for await (const event of stream) events.push({ ...event })
    expect(waitingId(events)).to.not.equal('call_0')
  })
})

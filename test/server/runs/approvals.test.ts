import type { Letta } from '@letta-ai/letta-client'
import { APIError } from '@letta-ai/letta-client'
import { expect } from 'chai'
import { imagesReturned } from '../../../lib/server/messages/prompts.ts'
import { ProviderError } from '../../../lib/server/providers/provider.ts'
import { answered, outline, say, send, storedOutline } from '../../support/letta-server.ts'
import { withServer } from '../../support/with-server.ts'

const LIST = { callId: 'call_1', name: 'Bash', args: '{"command":"ls"}' }
const PWD = { callId: 'call_2', name: 'Bash', args: '{"command":"pwd"}' }
const SEARCH = { callId: 'call_3', name: 'conversation_search', args: '{"query":"nowhere"}' }

const NOTHING_FOUND = "{'message': 'No results found.', 'results': []}"

const PENDING =
  'CONFLICT: Cannot send a new message: The agent is waiting for approval on a tool call. Please approve or deny the pending request before continuing.'

describe('A pending call of the client', () => {
  const opened = withServer()

  it('is streamed in pieces and ends the run', async () => {
    opened.model.play({ text: 'Looking.', calls: [LIST] })
    const { events } = await send(opened.client, opened.agentId, say('list'))
    expect(outline(events)).to.deep.equal([
      'ping',
      'assistant_message "Looking."',
      'approval_request_message call_1 Bash null',
      'approval_request_message call_1 null {"comman',
      'approval_request_message call_1 null d":"ls"}',
      'stop_reason requires_approval',
      'usage_statistics',
    ])
  })

  it('is shown with the agent until it is answered', async () => {
    opened.model.play({ calls: [LIST] }, { text: 'Done.' })
    await send(opened.client, opened.agentId, say('list'))
    expect(await pendingIds(opened.client, opened.agentId)).to.deep.equal(['call_1'])
    await send(opened.client, opened.agentId, answered('call_1', 'a.txt'))
    expect(await pendingIds(opened.client, opened.agentId)).to.deep.equal([])
  })

  it('can be answered by a message that contains only results', async () => {
    opened.model.play({ calls: [LIST] }, { text: 'Done.' })
    await send(opened.client, opened.agentId, say('list'))
    const { error } = await send(opened.client, opened.agentId, [
      {
        type: 'tool_return',
        tool_returns: [
          { type: 'tool', tool_call_id: 'call_1', tool_return: 'a.txt', status: 'success' },
        ],
      },
    ])
    expect([error, await pendingIds(opened.client, opened.agentId)]).to.deep.equal([null, []])
  })

  it('remains pending after a reply that names no call', async () => {
    opened.model.play({ calls: [LIST] })
    await send(opened.client, opened.agentId, say('list'))
    const unnamed = { type: 'approval', approve: false, approval_request_id: 'message-1' } as const
    const { events, error } = await send(opened.client, opened.agentId, [unnamed])
    expect(outline(events)).to.deep.equal([
      'ping',
      'stop_reason invalid_tool_call',
      'usage_statistics',
    ])
    expect(error).to.equal(null)
    expect(await pendingIds(opened.client, opened.agentId)).to.deep.equal(['call_1'])
    await send(opened.client, opened.agentId, answered('call_1', 'a')).catch(() => null)
    const late = await send(opened.client, opened.agentId, [unnamed])
    expect(String(late.error?.['message'])).to.match(/^Cannot process approval response/)
  })

  it('is returned to the model with its result, in a new run', async () => {
    opened.model.play({ calls: [LIST] }, { text: 'One file.' })
    const first = await send(opened.client, opened.agentId, say('list'))
    const second = await send(opened.client, opened.agentId, answered('call_1', 'a.txt'))
    expect(outline(second.events)).to.deep.equal([
      'ping',
      'assistant_message "One "',
      'assistant_message "file."',
      'stop_reason end_turn',
      'usage_statistics',
    ])
    expect(second.events[0]?.['run_id']).to.not.equal(first.events[0]?.['run_id'])
    const [assistant, tool] = opened.model.requests[1]?.messages.slice(-2) ?? []
    expect(assistant).to.deep.include({ role: 'assistant', calls: [LIST] })
    expect(tool).to.deep.include({ role: 'tool', callId: 'call_1', name: 'Bash', isError: false })
    expect(tool?.role === 'tool' && tool.text).to.include('"message": "a.txt"')
  })

  it('is answered together with the others of its answer, by results or denials', async () => {
    opened.model.play({ calls: [LIST, PWD] }, { text: 'Fine.' })
    const first = await send(opened.client, opened.agentId, say('both'))
    expect(outline(first.events)).to.include('approval_request_message call_2 Bash null')
    const approvals = [
      { type: 'tool', tool_call_id: 'call_2', tool_return: '/tmp', status: 'success' } as const,
      {
        type: 'approval',
        tool_call_id: 'call_1',
        approve: false,
        reason: 'Too dangerous',
      } as const,
    ]
    await send(opened.client, opened.agentId, [{ type: 'approval', approvals }])
    const tools = opened.model.requests[1]?.messages.slice(-2) ?? []
    expect(
      tools.map((tool) => (tool.role === 'tool' ? [tool.callId, tool.isError] : null)),
    ).to.deep.equal([
      ['call_1', true],
      ['call_2', false],
    ])
    expect(await storedOutline(opened.client, opened.agentId)).to.deep.equal([
      'user_message "both"',
      'approval_request_message call_1 Bash {"command":"ls"}, call_2 Bash {"command":"pwd"}',
      'approval_response_message',
      'tool_return_message call_1 error: Error: request to call tool denied. User reason: Too dangerous',
      'tool_return_message call_2 success: /tmp',
      'assistant_message "Fine."',
    ])
  })

  it('delays the server’s own calls of the same answer until it is answered', async () => {
    opened.model.play({ calls: [SEARCH, LIST] }, { text: 'Fine.' })
    const first = await send(opened.client, opened.agentId, say('both'))
    expect(outline(first.events)).to.not.include.members(['tool_return_message'])
    const second = await send(opened.client, opened.agentId, answered('call_1', 'a.txt'))
    expect(outline(second.events).slice(0, 3)).to.deep.equal([
      'ping',
      `tool_return_message call_3 success: ${NOTHING_FOUND}`,
      'assistant_message "Fine."',
    ])
    const roles = opened.model.requests[1]?.messages.slice(-3).map((one) => one.role)
    expect(roles).to.deep.equal(['assistant', 'tool', 'tool'])
  })

  it('can be answered in one request with a new message', async () => {
    opened.model.play({ calls: [LIST] }, { text: 'Hi.' })
    await send(opened.client, opened.agentId, say('list'))
    await send(opened.client, opened.agentId, [
      ...answered('call_1', 'a.txt'),
      ...say('and say hi'),
    ])
    expect(opened.model.requests[1]?.messages.slice(-2).map((one) => one.role)).to.deep.equal([
      'tool',
      'user',
    ])
  })

  it('is returned to the model with the images of its result', async () => {
    opened.model.play({ calls: [LIST] }, { text: 'A cat.' })
    await send(opened.client, opened.agentId, say('look'))
    const source = { type: 'base64', media_type: 'image/png', data: 'aGk=' } as const
    const result = {
      type: 'tool',
      tool_call_id: 'call_1',
      status: 'success',
      tool_return: [
        { type: 'text', text: 'cat.png' },
        { type: 'image', source },
      ],
    } as const
    await send(opened.client, opened.agentId, [
      { type: 'approval', approvals: [{ ...result, tool_return: [...result.tool_return] }] },
    ])
    expect(opened.model.requests[1]?.messages.at(-1)).to.deep.equal({
      role: 'user',
      content: [
        { type: 'text', text: imagesReturned('Bash', 'call_1') },
        { type: 'image', mediaType: 'image/png', base64: 'aGk=' },
      ],
    })
  })

  it('refuses another message with an error event, and remains pending', async () => {
    opened.model.play({ calls: [LIST] })
    await send(opened.client, opened.agentId, say('list'))
    const { events, error } = await send(opened.client, opened.agentId, say('are you there?'))
    expect(outline(events)).to.deep.equal(['ping', 'stop_reason error'])
    expect(error).to.deep.include({
      error_type: 'internal_error',
      message: PENDING,
      detail: PENDING,
    })
    expect(await pendingIds(opened.client, opened.agentId)).to.deep.equal(['call_1'])
  })

  it('refuses another message without a stream with a 409 that clients do not retry', async () => {
    opened.model.play({ calls: [LIST] })
    await send(opened.client, opened.agentId, say('list'))
    const thrown = await failure(
      opened.client.agents.messages.create(opened.agentId, { messages: say('x') }),
    )
    expect(thrown?.status).to.equal(409)
    expect(thrown?.headers?.get('x-should-retry')).to.equal('false')
    expect(Object(thrown?.error).detail).to.deep.include({
      code: 'PENDING_APPROVAL',
      message: PENDING,
    })
  })

  it('accepts no replies to other calls', async () => {
    opened.model.play({ calls: [LIST, PWD] })
    await send(opened.client, opened.agentId, say('list'))
    const { error } = await send(opened.client, opened.agentId, answered('call_1', 'x'))
    expect(error?.['detail']).to.equal(
      "Invalid tool call IDs. Expected '['call_1', 'call_2']', but received '['call_1']'.",
    )
    expect(await pendingIds(opened.client, opened.agentId)).to.deep.equal(['call_1', 'call_2'])
  })

  it('must exist for a reply to be accepted', async () => {
    const { error } = await send(opened.client, opened.agentId, answered('call_9', 'x'))
    expect(error?.['detail']).to.equal(
      'Cannot process approval response: No tool call is currently awaiting approval. Please send a regular message to interact with the agent.',
    )
  })

  it('calls the model again when its result is sent again after a failure', async () => {
    const refused = new ProviderError('refused', 'No.', { status: 400 })
    opened.model.play({ calls: [LIST] }, { error: refused }, { text: 'Fine.' })
    await send(opened.client, opened.agentId, say('list'))
    const first = await send(opened.client, opened.agentId, answered('call_1', 'a'))
    expect(first.error?.['message']).to.equal('No.')
    const second = await send(opened.client, opened.agentId, answered('call_1', 'a'))
    expect(second.error).to.equal(null)
    expect(opened.model.requests[2]?.messages).to.deep.equal(opened.model.requests[1]?.messages)
  })

  it('of a built-in tool runs on the server once it is approved', async () => {
    await opened.client.agents.update(opened.agentId, {
      tool_rules: [{ type: 'requires_approval', tool_name: 'conversation_search' }],
    })
    opened.model.play({ calls: [SEARCH] }, { text: 'Fine.' })
    const first = await send(opened.client, opened.agentId, say('search'))
    expect(outline(first.events)).to.include('stop_reason requires_approval')
    const approval = { type: 'approval', tool_call_id: 'call_3', approve: true } as const
    const second = await send(opened.client, opened.agentId, [
      { type: 'approval', approvals: [approval] },
    ])
    expect(outline(second.events)).to.include(
      `tool_return_message call_3 success: ${NOTHING_FOUND}`,
    )
  })

  it('can belong to a tool that was sent with the request', async () => {
    opened.model.play({ calls: [{ callId: 'c1', name: 'Look', args: '{}' }] }, { text: 'Seen.' })
    const client_tools = [{ name: 'Look', description: 'Looks', parameters: {} }]
    const twice = [...client_tools, ...client_tools, { ...client_tools[0], name: 'Bash' }]
    const { events } = await send(opened.client, opened.agentId, say('look'), {
      client_tools: twice,
    })
    const names = opened.model.requests[0]?.tools.map(({ name }) => name) ?? []
    expect(names.toSorted()).to.deep.equal([...new Set(names)].toSorted())
    expect(outline(events)).to.include('stop_reason requires_approval')
    expect(opened.model.requests[0]?.tools.map((tool) => tool.name)).to.include('Look')
  })

  it('accepts each of its replies once', async () => {
    opened.model.play({ calls: [LIST, PWD] })
    await send(opened.client, opened.agentId, say('both'))
    const [reply] = answered('call_1', 'x')
    const approvals = reply !== undefined && 'approvals' in reply ? (reply.approvals ?? []) : []
    const [other] = answered('call_2', 'y')
    const others = other !== undefined && 'approvals' in other ? (other.approvals ?? []) : []
    const { error } = await send(opened.client, opened.agentId, [
      { type: 'approval', approvals: [...approvals, ...others, ...others] },
    ])
    expect(String(error?.['detail'])).to.match(/^Invalid tool call IDs/)
    expect(await pendingIds(opened.client, opened.agentId)).to.deep.equal(['call_1', 'call_2'])
  })

  it('must be among those answered last for its reply to be repeated', async () => {
    opened.model.play({ calls: [LIST, PWD] }, { text: 'Fine.' })
    await send(opened.client, opened.agentId, say('both'))
    const replies = (...ids: readonly string[]) => [
      {
        type: 'approval' as const,
        approvals: ids.map((tool_call_id) => {
          return { type: 'tool', tool_call_id, tool_return: 'x', status: 'success' } as const
        }),
      },
    ]
    await opened.client.agents.messages.cancel(opened.agentId)
    const repeated = await send(opened.client, opened.agentId, replies('call_1', 'call_9'))
    expect(String(repeated.error?.['detail'])).to.match(/^Cannot process approval response/)
    const { error } = await send(opened.client, opened.agentId, replies('call_1', 'call_2'))
    expect(error).to.equal(null)
  })
})

async function pendingIds(client: Letta, agentId: string): Promise<readonly unknown[]> {
  const agent = await client.agents.retrieve(agentId, { include: ['agent.pending_approval'] })
  const pending = Object(agent.pending_approval ?? {})
  return [pending.tool_calls ?? []].flat().map((call) => Object(call).tool_call_id)
}

async function failure(work: Promise<unknown>): Promise<APIError | null> {
  try {
    await work
    return null
  } catch (thrown) {
    if (thrown instanceof APIError) return thrown
    throw thrown
  }
}

import { expect } from 'chai'
import { NO_ANSWER } from '../../lib/server/messages/prompts.ts'
import { DEFAULT_CONVERSATION } from '../../lib/util/thread.ts'
import { answered, say } from '../support/letta-server.ts'
import {
  type ContractMessages,
  contract,
  expectRejection,
  gatewayOf,
  retrieveCompleteAgent,
} from './contract-suite.ts'
import { normalize } from './normalize.ts'
import { outlineStream } from './outline-stream.ts'

const NO_ANSWER_MESSAGE = { role: 'assistant', content: NO_ANSWER }

const LIST = { id: 'call_1', name: 'Bash', args: '{"command": "ls"}' }
const WHERE = { id: 'call_2', name: 'Bash', args: '{"command": "pwd"}' }
const NOTE = {
  id: 'call_0',
  name: 'memory_insert',
  args: '{"label": "human", "new_string": "Sam"}',
}
const PENDING =
  'CONFLICT: Cannot send a new message: The agent is waiting for approval on a tool call. Please approve or deny the pending request before continuing.'
const NOTHING_PENDING =
  'Cannot process approval response: No tool call is currently awaiting approval. Please send a regular message to interact with the agent.'

const RAN = {
  type: 'result',
  callId: 'call_1',
  status: 'success',
  text: 'a.txt',
  stdout: [],
  stderr: [],
  pictures: [],
} as const
const DENIED = { type: 'denial', callId: 'call_2', reason: 'not now' } as const

const CANCELS = [
  ['it is cancelled', 'agent'],
  ['its run is cancelled', 'run'],
] as const

contract('A call that awaits approval', (desk) => {
  it('ends the run, is part of the agent, and continues with its result', async () => {
    const agent = await desk.agent()
    desk.plays({ text: 'I look.', calls: [LIST] }, { text: 'One file.' })
    expect(outlineStream(await desk.send(agent, say('list')))).to.deep.equal([
      'ping',
      'assistant_message "I look."',
      'approval_request_message call_1 Bash {"command": "ls"}',
      'stop_reason requires_approval',
      'usage_statistics',
    ])
    const { pending_approval, last_stop_reason } = await retrieveCompleteAgent(desk, agent)
    expect([pending_approval?.tool_calls, last_stop_reason]).to.deep.equal([
      [{ name: 'Bash', arguments: '{"command": "ls"}', tool_call_id: 'call_1' }],
      'requires_approval',
    ])
    expect(outlineStream(await desk.send(agent, answered('call_1', 'a.txt')))).to.deep.equal([
      'ping',
      'assistant_message "One file."',
      'stop_reason end_turn',
      'usage_statistics',
    ])
    expect((await retrieveCompleteAgent(desk, agent)).pending_approval ?? null).to.equal(null)
  })

  it('is sent to the model with its result', async () => {
    const agent = await desk.agent()
    desk.plays({ text: 'I look.', calls: [LIST] }, { text: 'One file.' })
    await desk.send(agent, say('list'))
    await desk.send(agent, answered('call_1', 'a.txt'))
    expect(desk.said()).to.deep.equal([
      { role: 'user', content: 'list' },
      { role: 'assistant', content: 'I look.', tool_calls: [called(LIST)] },
      resulted('call_1', 'OK', 'a.txt'),
    ])
  })

  it('is answered together with the other calls of its answer', async () => {
    const agent = await desk.agent()
    desk.plays({ calls: [LIST, WHERE] }, { text: 'Done' })
    expect(outlineStream(await desk.send(agent, say('look')))).to.deep.equal([
      'ping',
      'approval_request_message call_1 Bash {"command": "ls"}',
      'approval_request_message call_2 Bash {"command": "pwd"}',
      'stop_reason requires_approval',
      'usage_statistics',
    ])
    expect(outlineStream(await desk.send(agent, replies(result('call_1', 'x'))))).to.deep.equal([
      'ping',
      'stop_reason error',
      desk.differs('error-cause', {
        real: 'error internal_error: An unknown error occurred with the LLM streaming request.',
        ours: "error internal_error: Invalid tool call IDs. Expected '['call_1', 'call_2']', but received '['call_1']'.",
      }),
    ])
    await desk.send(agent, replies(result('call_1', 'x'), result('call_2', 'no', 'error')))
    expect(desk.said().slice(1)).to.deep.equal([
      { role: 'assistant', content: null, tool_calls: [called(LIST), called(WHERE)] },
      resulted('call_1', 'OK', 'x'),
      resulted('call_2', 'Failed', 'no'),
    ])
  })

  it('is denied with a reason, which the model reads', async () => {
    const agent = await desk.agent()
    desk.plays({ calls: [LIST, WHERE] }, { text: 'Done' })
    await desk.send(agent, say('look'))
    await desk.send(agent, replies(denial('call_1', 'not now'), denial('call_2')))
    expect(desk.said().slice(2)).to.deep.equal([
      resulted('call_1', 'Failed', 'Error: request to call tool denied. User reason: not now'),
      resulted('call_2', 'Failed', 'Error: request to call tool denied. User reason: None'),
    ])
  })

  it('delays the server-side calls of the same answer', async () => {
    const agent = await desk.agent({ tools: ['Bash', 'memory_insert'] })
    desk.plays({ calls: [NOTE, LIST] }, { text: 'Done' })
    expect(outlineStream(await desk.send(agent, say('both')))).to.deep.equal([
      'ping',
      'tool_call_message call_0 memory_insert {"label": "human", "new_string": "Sam"}',
      'approval_request_message call_1 Bash {"command": "ls"}',
      'stop_reason requires_approval',
      'usage_statistics',
    ])
    expect(await desk.block(agent, 'human')).to.equal('Name: unknown')
    expect(outlineStream(await desk.send(agent, answered('call_1', 'x'))).slice(-3)).to.deep.equal([
      'assistant_message "Done"',
      'stop_reason end_turn',
      'usage_statistics',
    ])
    expect(await desk.block(agent, 'human')).to.equal('Name: unknown\nSam')
  })

  it('accepts a message of the user together with its result', async () => {
    const agent = await desk.agent()
    desk.plays({ calls: [LIST] }, { text: 'Done' })
    await desk.send(agent, say('look'))
    await desk.send(agent, [...answered('call_1', 'x'), ...say('and hurry')])
    expect(desk.said().slice(2)).to.deep.equal([
      resulted('call_1', 'OK', 'x'),
      { role: 'user', content: 'and hurry' },
    ])
  })

  it('blocks every other message', async () => {
    const agent = await desk.agent()
    desk.plays({ calls: [LIST] })
    await desk.send(agent, say('look'))
    const { events, error } = await desk.send(agent, say('more'))
    expect([outlineStream({ events, error: null }), normalize(error)]).to.deep.equal([
      ['ping', 'stop_reason error'],
      {
        message_type: 'error_message',
        run_id: 'run-1',
        error_type: 'internal_error',
        message: PENDING,
        detail: PENDING,
        seq_id: null,
      },
    ])
    const { error: numbered } = await desk.send(agent, say('more'), { background: true })
    expect([numbered?.['message'], numbered?.['seq_id']]).to.deep.equal([PENDING, 3])
    const answer = expectRejection(
      desk.client.agents.messages.create(agent, { messages: say('more') }),
    )
    expect(normalize(await answer)).to.deep.equal({
      status: 409,
      body: {
        detail: { code: 'PENDING_APPROVAL', message: PENDING, pending_request_id: 'message-1' },
      },
    })
    expect((await desk.history(agent)).length).to.equal(2)
  })

  it('is reported as missing when no call is pending', async () => {
    const agent = await desk.agent()
    const { error } = await desk.send(agent, answered('call_1', 'x'))
    expect([error?.['error_type'], error?.['detail']]).to.deep.equal([
      'internal_error',
      NOTHING_PENDING,
    ])
  })

  it('may be answered again without running twice', async () => {
    const agent = await desk.agent()
    desk.plays({ calls: [LIST] }, { text: 'Done' }, { text: 'Again' })
    await desk.send(agent, say('look'))
    await desk.send(agent, answered('call_1', 'x'))
    const { error } = await desk.send(agent, answered('call_1', 'x'))
    expect([error?.['detail'] ?? null, desk.asked().length]).to.deep.equal(
      desk.differs('answered-again', { real: [null, 3], ours: [NOTHING_PENDING, 2] }),
    )
  })

  it('is answered without a call of the model when the turn is to stop', async () => {
    const agent = await desk.agent()
    desk.plays({ calls: [LIST, WHERE] }, { text: 'Fine' })
    await desk.send(agent, say('look'))
    const stream = gatewayOf(desk).turns.stream(
      { agentId: agent, conversationId: DEFAULT_CONVERSATION },
      { replies: [RAN, DENIED], message: null },
      { maxSteps: null, storeOnly: true, signal: new AbortController().signal },
    )
    const parts: string[] = []
    for await (const part of stream) parts.push(part.type === 'stop' ? part.reason : part.type)
    expect(parts[0]).to.equal('max_steps')
    expect(desk.asked().length).to.equal(1)
    await desk.send(agent, say('go on'))
    const said = desk.said().slice(2)
    expect(said.filter(({ content }) => content !== NO_ANSWER)).to.deep.equal([
      resulted('call_1', 'OK', 'a.txt'),
      resulted('call_2', 'Failed', 'Error: request to call tool denied. User reason: not now'),
      { role: 'user', content: 'go on' },
    ])
  })

  it('may call a tool that came with the request', async () => {
    const agent = await desk.agent({ tools: [] })
    const parameters = { type: 'object', properties: {} }
    const tools = { client_tools: [{ name: 'Look', description: 'Looks', parameters }] }
    desk.plays({ calls: [{ id: 'call_1', name: 'Look', args: '{}' }] }, { text: 'Done' })
    expect(outlineStream(await desk.send(agent, say('look'), tools))).to.deep.equal([
      'ping',
      'approval_request_message call_1 Look {}',
      'stop_reason requires_approval',
      'usage_statistics',
    ])
    expect(outlineStream(await desk.send(agent, answered('call_1', 'seen'), tools))).to.include(
      'assistant_message "Done"',
    )
  })

  it('may call a server-side tool, which runs once it is approved', async () => {
    const rules = [{ type: 'requires_approval', tool_name: 'memory_insert' }] as const
    const agent = await desk.agent({ tools: ['memory_insert'], tool_rules: [...rules] })
    desk.plays({ calls: [NOTE] }, { text: 'Done' })
    expect(outlineStream(await desk.send(agent, say('note')))).to.include(
      'stop_reason requires_approval',
    )
    const approval = { type: 'approval', tool_call_id: 'call_0', approve: true } as const
    expect(outlineStream(await desk.send(agent, replies(approval)))).to.deep.equal([
      'ping',
      'tool_return_message call_0 success: Name: unknown\nSam',
      'assistant_message "Done"',
      'stop_reason end_turn',
      'usage_statistics',
    ])
  })

  for (const [how, cancels] of CANCELS) {
    it(`is denied when ${how}, and the agent accepts the next message`, async () => {
      const agent = await desk.agent()
      desk.plays({ calls: [LIST] }, { text: 'Fine' })
      const { events } = await desk.send(agent, say('look'))
      const run_ids = cancels === 'run' ? [String(events[0]?.['run_id'])] : []
      await desk.client.agents.messages.cancel(agent, cancels === 'run' ? { run_ids } : {})
      expect(outlineStream(await desk.send(agent, say('stop')))).to.include(
        'assistant_message "Fine"',
      )
      expect(desk.said().slice(2)).to.deep.equal([
        resulted(
          'call_1',
          'Failed',
          'Error: request to call tool denied. User reason: The user cancelled the request, so the tool call was denied.',
        ),
        ...desk.differs('unanswered', { real: [], ours: [NO_ANSWER_MESSAGE] }),
        { role: 'user', content: 'stop' },
      ])
    })
  }
})

type Reply = Extract<ContractMessages[number], { approvals?: unknown }>['approvals']

function replies(...approvals: NonNullable<Reply>): ContractMessages {
  return [{ type: 'approval', approvals }]
}

function result(id: string, text: string, status: 'success' | 'error' = 'success') {
  return { type: 'tool', tool_call_id: id, tool_return: text, status } as const
}

function denial(id: string, reason?: string) {
  const denied = { type: 'approval', tool_call_id: id, approve: false } as const
  return reason === undefined ? denied : { ...denied, reason }
}

function called({ id, name, args }: typeof LIST) {
  return { id, type: 'function', function: { name, arguments: JSON.parse(args) } }
}

function resulted(id: string, status: string, message: string) {
  return { role: 'tool', tool_call_id: id, content: { status, message, time: 'TIME' } }
}

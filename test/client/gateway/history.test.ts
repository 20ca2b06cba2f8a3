import { expect } from 'chai'
import { entriesOf } from '../../../lib/client/gateway/history.ts'
import { HISTORY_SUMMARIZED } from '../../../lib/client/messages.ts'
import {
  denialResult,
  RUN_CANCELLED_REASON,
  RUN_FAILED_REASON,
} from '../../../lib/server/messages/prompts.ts'
import type { Entry, ToolPhase } from '../../../lib/session/state/entry.ts'

describe('The entries of stored messages', () => {
  const call = (id: string, args = '{}', name = 'Bash') => ({
    tool_call_id: id,
    name,
    arguments: args,
  })
  const asked = (...calls: readonly unknown[]) => ({
    message_type: 'approval_request_message',
    id: 'm1',
    tool_calls: calls,
  })
  const returned = (id: string, text: unknown, status = 'success') => ({
    message_type: 'tool_return_message',
    tool_returns: [{ tool_call_id: id, tool_return: text, status }],
  })
  const entry = (
    id: string,
    phase: ToolPhase,
    more: { callId?: string; tool?: string; args?: string; host?: 'local' | 'server' } = {},
  ): Entry => ({
    type: 'tool',
    id,
    call: { callId: id, tool: 'Bash', args: '{}', label: '', host: 'local', phase, ...more },
  })
  const finished = (text: string, status: 'success' | 'error' = 'success'): ToolPhase => ({
    type: 'finished',
    preview: null,
    status,
    text,
    tookMs: null,
  })
  const denied = (reason: string): ToolPhase => ({
    type: 'denied',
    preview: null,
    by: 'person',
    reason,
  })

  it('show a call as unfinished that the server has closed, and as denied what a person has denied', () => {
    const refused = (id: string, reason: string) => ({
      message_type: 'approval_response_message',
      approvals: [{ type: 'approval', tool_call_id: id, approve: false, reason }],
    })
    expect(
      entriesOf([
        asked(call('a'), call('b'), call('c'), call('d')),
        refused('a', RUN_CANCELLED_REASON),
        returned('a', denialResult(RUN_CANCELLED_REASON), 'error'),
        returned('b', denialResult(RUN_FAILED_REASON), 'error'),
        returned('c', denialResult('No.'), 'error'),
        returned('d', 'no such file', 'error'),
      ]),
    ).to.deep.equal([
      entry('a', { type: 'dropped' }),
      entry('b', { type: 'dropped' }),
      entry('c', denied('No.')),
      entry('d', finished('no such file', 'error')),
    ])
  })

  it('show a call that the server ran itself as failed, also where its result imitates a denial', () => {
    const own = { message_type: 'tool_call_message', tool_calls: [call('s')] }
    const imitation = denialResult('No.')
    expect(entriesOf([own, returned('s', imitation, 'error')])).to.deep.equal([
      entry('s', finished(imitation, 'error'), { host: 'server' }),
    ])
  })

  it('show every message in order with its author', () => {
    const date = '2026-11-23T02:27:49+00:00'
    expect(
      entriesOf([
        { message_type: 'system_message', id: 's', content: 'You are Ada.' },
        { message_type: 'user_message', id: 'm1', content: 'Hello', date },
        { message_type: 'reasoning_message', id: 'm2', otid: 'o2', reasoning: 'A greeting.' },
        {
          message_type: 'assistant_message',
          id: 'm2',
          otid: 'o3',
          content: [
            { type: 'text', text: 'Good' },
            { type: 'text', text: ' day.' },
          ],
        },
      ]),
    ).to.deep.equal([
      { type: 'user', id: 'm1', text: 'Hello', at: Date.parse(date), outcome: 'kept' },
      { type: 'reasoning', id: 'o2', text: 'A greeting.' },
      { type: 'assistant', id: 'o3', text: 'Good day.' },
    ])
  })

  it('join calls with their results, also several of one message', () => {
    expect(
      entriesOf([
        asked(call('c1'), call('c2')),
        {
          message_type: 'tool_return_message',
          tool_returns: [
            { tool_call_id: 'c1', tool_return: 'one', status: 'success' },
            { tool_call_id: 'c2', tool_return: 'two', status: 'error' },
          ],
        },
      ]),
    ).to.deep.equal([entry('c1', finished('one')), entry('c2', finished('two', 'error'))])
  })

  it('distinguish local calls from those of the server', () => {
    const tool_call = call('c1', '{"label":"human"}', 'memory_insert')
    expect(
      entriesOf([
        { message_type: 'tool_call_message', id: 'm1', tool_call },
        { message_type: 'tool_return_message', tool_call_id: 'c1', tool_return: 'ok' },
      ]),
    ).to.deep.equal([
      entry('c1', finished('ok'), {
        tool: 'memory_insert',
        args: '{"label":"human"}',
        host: 'server',
      }),
    ])
  })

  it('contain a denial with its reason, also where the server also stored it as an error', () => {
    const denial = {
      message_type: 'approval_response_message',
      approvals: [{ type: 'approval', tool_call_id: 'c1', approve: false, reason: 'use tea' }],
    }
    const echo = returned('c1', 'Error: request to call tool denied.', 'error')
    expect(entriesOf([asked(call('c1')), denial, echo])).to.deep.equal([
      entry('c1', denied('use tea')),
    ])
  })

  it('contain no denial because a tool that was approved returned such a text', () => {
    const approval = { type: 'approval', tool_call_id: 'c1', approve: true }
    const text = denialResult('No.')
    expect(
      entriesOf([
        asked(call('c1')),
        { message_type: 'approval_response_message', approvals: [approval] },
        returned('c1', text, 'error'),
        asked(call('c1')),
        returned('c1', text, 'error'),
      ]),
    ).to.deep.equal([
      entry('c1', finished(text, 'error')),
      entry('c1~2', denied('No.'), { callId: 'c1' }),
    ])
  })

  it('contain no denial because of a result that a client has delivered', () => {
    for (const reason of ['No.', RUN_CANCELLED_REASON]) {
      const text = denialResult(reason)
      const result = { type: 'tool', tool_call_id: 'c1', status: 'error', tool_return: text }
      expect(
        entriesOf([
          asked(call('c1')),
          { message_type: 'approval_response_message', approvals: [result] },
          returned('c1', text, 'error'),
        ]),
      ).to.deep.equal([entry('c1', finished(text, 'error'))])
    }
  })

  it('contain the result from the approval that delivered it', () => {
    const approval = { type: 'tool', tool_call_id: 'c1', status: 'error', tool_return: 'exit 1' }
    expect(
      entriesOf([
        asked(call('c1')),
        { message_type: 'approval_response_message', approvals: [approval] },
      ]),
    ).to.deep.equal([entry('c1', finished('exit 1', 'error'))])
  })

  it('show a call without a result as one that never ran', () => {
    expect(entriesOf([asked(call('c1'))])).to.deep.equal([entry('c1', { type: 'dropped' })])
  })

  it('distinguish calls whose ids the provider reuses in each answer', () => {
    expect(
      entriesOf([
        asked(call('call_0', '{"n":1}')),
        returned('call_0', 'one'),
        asked(call('call_0', '{"n":2}')),
        returned('call_0', 'two'),
      ]),
    ).to.deep.equal([
      entry('call_0', finished('one'), { args: '{"n":1}' }),
      entry('call_0~2', finished('two'), { callId: 'call_0', args: '{"n":2}' }),
    ])
  })

  it('represent images by a word', () => {
    const content = [{ type: 'text', text: 'See ' }, { type: 'image' }]
    expect(entriesOf([{ message_type: 'user_message', id: 'm1', content }])).to.deep.equal([
      { type: 'user', id: 'm1', text: 'See [Image]', at: 0, outcome: 'kept' },
    ])
  })

  it('have no such word where the text names the image, as it had when it was sent', () => {
    const content = [{ type: 'text', text: 'See @a shot.PNG' }, { type: 'image' }]
    expect(entriesOf([{ message_type: 'user_message', id: 'm1', content }])).to.deep.equal([
      { type: 'user', id: 'm1', text: 'See @a shot.PNG', at: 0, outcome: 'kept' },
    ])
  })

  it('leave out malformed messages, and contain the others', () => {
    expect(
      entriesOf([
        null,
        7,
        'text',
        [],
        {},
        { message_type: '__proto__', id: 'x' },
        { message_type: 'constructor', id: 'x' },
        { message_type: 'user_message', content: 'no id' },
        { message_type: 'assistant_message', id: 'm1', content: { strange: true } },
        { message_type: 'assistant_message', id: 'm2', content: null },
        { message_type: 'user_message', id: 'm3', content: [null, 4, { text: 7 }] },
        { message_type: 'approval_response_message', approvals: 'none' },
        { message_type: 'approval_response_message', approvals: [null, { approve: false }] },
        { message_type: 'tool_return_message', tool_returns: [null, 3, {}] },
        returned('nobody', 'asked for this'),
        asked(null, 'call', { name: 'no id' }),
        { message_type: 'tool_call_message', id: 'm4' },
        { message_type: 'assistant_message', id: 'm5', content: 'Still here.' },
      ]),
    ).to.deep.equal([{ type: 'assistant', id: 'm5', text: 'Still here.' }])
  })

  it('represent a summary by a notice', () => {
    const alert = { type: 'system_alert', message: 'Note: 4 messages … A summary.' }
    const content = JSON.stringify(alert, null, 2)
    expect(entriesOf([{ message_type: 'user_message', id: 'm1', content }])).to.deep.equal([
      {
        type: 'notice',
        id: 'm1',
        level: 'info',
        text: HISTORY_SUMMARIZED,
        hint: null,
      },
    ])
  })
})

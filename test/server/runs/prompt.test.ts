import { expect } from 'chai'
import type { MessageBody, MessageRecord } from '../../../lib/server/records.ts'
import { toModelMessages } from '../../../lib/server/runs/prompt.ts'
import { formatTimestamp } from '../../../lib/server/runs/timestamp.ts'

const CALL = { callId: 'c1', name: 'Bash', args: '{"command":"ls"}', runs: 'client' } as const
const ASKED: MessageBody = { role: 'user', content: [{ type: 'text', text: 'list' }], otid: null }

function records(...bodies: readonly MessageBody[]): readonly MessageRecord[] {
  return bodies.map((body, index) => ({
    sequence: index + 1,
    id: `message-${index}`,
    agentId: 'agent-1',
    runId: null,
    stepId: null,
    conversationId: 'default',
    position: index + 1,
    createdAt: '2026-11-23T14:05:09.000Z',
    body,
  }))
}

function answer(fields: Partial<Extract<MessageBody, { role: 'assistant' }>>): MessageBody {
  return {
    role: 'assistant',
    reasoning: [],
    text: '',
    calls: [],
    partial: false,
    model: 'scripted/model',
    ...fields,
  }
}

function result(fields: Partial<Extract<MessageBody, { role: 'tool' }>> = {}): MessageBody {
  return {
    role: 'tool',
    callId: 'c1',
    name: 'Bash',
    text: 'a.txt',
    pictures: [],
    status: 'success',
    stdout: [],
    stderr: [],
    denial: null,
    ...fields,
  }
}

describe('The prompt of a model', () => {
  it('wraps results in the format of Letta server', () => {
    expect(
      toModelMessages('SYS', records(ASKED, answer({ calls: [CALL] }), result())),
    ).to.deep.equal([
      { role: 'system', text: 'SYS' },
      { role: 'user', content: [{ type: 'text', text: 'list' }] },
      {
        role: 'assistant',
        reasoning: [],
        text: '',
        calls: [{ callId: 'c1', name: 'Bash', args: '{"command":"ls"}' }],
      },
      {
        role: 'tool',
        callId: 'c1',
        name: 'Bash',
        text: '{\n  "status": "OK",\n  "message": "a.txt",\n  "time": "2026-11-23 02:05:09 PM UTC+0000"\n}',
        isError: false,
      },
    ])
  })

  it('contains a result for a call that has none', () => {
    const messages = toModelMessages('SYS', records(ASKED, answer({ calls: [CALL] }), ASKED))
    expect(messages[3]).to.deep.equal({
      role: 'tool',
      callId: 'c1',
      name: 'Bash',
      text: 'Error: the call was cancelled before it ran.',
      isError: true,
    })
    expect(messages[4]?.role).to.equal('user')
  })

  it('contains results directly after their calls, in the order of the calls', () => {
    const second = { ...CALL, callId: 'c2' }
    const messages = toModelMessages(
      'SYS',
      records(answer({ calls: [CALL, second] }), result({ callId: 'c2' }), result()),
    )
    expect(messages.slice(2).map((one) => (one.role === 'tool' ? one.callId : null))).to.deep.equal(
      ['c1', 'c2'],
    )
  })

  it('distinguishes calls of different answers with the same id', () => {
    const messages = toModelMessages(
      'SYS',
      records(
        answer({ calls: [CALL] }),
        result({ text: 'first' }),
        answer({ calls: [CALL] }),
        result({ text: 'second' }),
      ),
    )
    const texts = messages.map((one) => (one.role === 'tool' ? JSON.parse(one.text).message : null))
    expect(texts).to.deep.equal([null, null, 'first', null, 'second'])
  })

  it('omits empty answers and interrupted reasoning', () => {
    const reasoning = [
      { text: 'whole', signature: 'sealed' },
      { text: 'half', signature: null },
    ]
    const messages = toModelMessages(
      'SYS',
      records(answer({ reasoning }), answer({ reasoning, text: 'So', partial: true })),
    )
    expect(messages.slice(1)).to.deep.equal([
      {
        role: 'assistant',
        reasoning: [{ text: 'whole', signature: 'sealed' }],
        text: 'So',
        calls: [],
      },
    ])
  })

  it('formats times as Letta server does', () => {
    const at = (time: string): string =>
      formatTimestamp(new Date(`2026-11-23T${time}Z`)).slice(11, 22)
    expect([at('00:01:02'), at('11:00:00'), at('12:00:00'), at('23:59:59')]).to.deep.equal([
      '12:01:02 AM',
      '11:00:00 AM',
      '12:00:00 PM',
      '11:59:59 PM',
    ])
  })
})

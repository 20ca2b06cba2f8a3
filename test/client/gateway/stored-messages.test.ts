import { expect } from 'chai'
import {
  collectMessages,
  newestFirst,
  type StoredMessage,
  storedMessage,
} from '../../../lib/client/gateway/stored-messages.ts'

describe('Stored messages', () => {
  it('have one shape for all types', () => {
    const date = '2026-01-02T03:04:05+00:00'
    const call = { name: 'Bash', arguments: '{"command":"ls"}', tool_call_id: 'c1' }
    const raw = [
      { id: 'm1', date, message_type: 'user_message', content: [{ type: 'text', text: 'Hello' }] },
      { id: 'm2', date, message_type: 'reasoning_message', reasoning: 'A greeting.' },
      { id: 'm2', date, message_type: 'assistant_message', content: 'Good day.' },
      { id: 'm3', date, message_type: 'approval_request_message', tool_call: call },
      {
        id: 'm4',
        date,
        message_type: 'approval_response_message',
        approvals: [
          { type: 'approval', tool_call_id: 'c1', approve: false, reason: 'Not now.' },
          { type: 'tool', tool_call_id: 'c2', tool_return: 'a.txt', status: 'success' },
        ],
      },
      { id: 'm5', date, message_type: 'tool_return_message', name: 'Bash', tool_return: 'a.txt' },
      7,
    ]
    const shape = (id: string, type: string, text: string, tool: string | null = null) => {
      return { id, date, type, tool, text }
    }
    expect(raw.map(storedMessage)).to.deep.equal([
      shape('m1', 'user', 'Hello'),
      shape('m2', 'reasoning', 'A greeting.'),
      shape('m2', 'assistant', 'Good day.'),
      shape('m3', 'approval_request', '{"command":"ls"}', 'Bash'),
      shape('m4', 'approval_response', 'refused: Not now.\na.txt'),
      shape('m5', 'tool_return', 'a.txt', 'Bash'),
      { id: '', date: null, type: '', tool: null, text: '' },
    ])
  })

  const message = (number: number): StoredMessage => ({
    id: `m${number}`,
    date: `2026-01-01T00:00:0${number}`,
    type: 'user',
    tool: null,
    text: `text ${number}`,
  })
  const stored = [5, 4, 3, 2, 1].map(message)

  it('are collected page by page: the newest that fit, oldest first', async () => {
    const asked: (string | null)[] = []
    const page = async (before: string | null) => {
      asked.push(before)
      const from = stored.findIndex(({ id }) => id === before) + 1
      return stored.slice(from, from + 2)
    }
    const odd = ({ text }: StoredMessage): boolean => /[135]/.test(text)
    const two = await collectMessages(page, odd, 2)
    expect(two.map(({ id }) => id)).to.deep.equal(['m3', 'm5'])
    expect(asked).to.deep.equal([null, 'm4'])
    const all = await collectMessages(page, () => true, 99)
    expect(all.map(({ id }) => id)).to.deep.equal(['m1', 'm2', 'm3', 'm4', 'm5'])
  })

  it('end although a server repeats one page', async () => {
    const all = await collectMessages(
      async () => stored,
      () => true,
      99,
    )
    expect(all).to.have.lengthOf(5)
  })

  it('are newest first, whatever the order of a page is', () => {
    expect(newestFirst(stored.toReversed())).to.deep.equal(stored)
    expect(newestFirst(stored)).to.deep.equal(stored)
  })
})

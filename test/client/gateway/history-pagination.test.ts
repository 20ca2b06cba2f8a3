import { expect } from 'chai'
import { type HistoryPage, newestPage } from '../../../lib/client/gateway/history-pagination.ts'
import type { Entry } from '../../../lib/session/state/entry.ts'

describe('The pages of a stored conversation', () => {
  const user = (number: number) => ({
    id: `m${number}`,
    message_type: 'user_message',
    content: `${number}`,
    date: '2026-01-01T12:00:00Z',
  })
  const users = (count: number) => Array.from({ length: count }, (_, index) => user(index + 1))

  const pagesOf = (
    stored: readonly { readonly id: string }[],
    limit: number,
    inContext: readonly string[] | null = null,
  ): Promise<HistoryPage> => {
    const read = async (before: string | null) => {
      const end = before === null ? stored.length : stored.findIndex(({ id }) => id === before)
      return stored.slice(Math.max(0, end - limit), end)
    }
    return newestPage({ agent: { inContext, pending: [] }, limit, read })
  }
  const all = async (first: HistoryPage): Promise<readonly (readonly string[])[]> => {
    const rest = first.earlier === null ? [] : await all(await first.earlier())
    return [first.entries.map(lineOf), ...rest]
  }
  const lineOf = (entry: Entry): string =>
    entry.type === 'tool' ? `${entry.id} ${entry.call.phase.type}` : entry.text

  it('reach back to the first message, one before the other', async () => {
    expect(await all(await pagesOf(users(5), 2))).to.deep.equal([['4', '5'], ['2', '3'], ['1']])
    expect(await all(await pagesOf(users(2), 5))).to.deep.equal([['1', '2']])
    expect(await all(await pagesOf([], 5))).to.deep.equal([[]])
  })

  it('end where a reset removed messages from the context', async () => {
    const seen = ['m4', 'm5', 'm6']
    expect(await all(await pagesOf(users(6), 2, seen))).to.deep.equal([['5', '6'], ['4'], []])
  })

  it('continue before a summary, which is marked as such', async () => {
    const summary = {
      ...user(3),
      content: '{"type": "system_alert", "message": "They talked."}',
    }
    const stored = [user(1), user(2), summary, user(4)]
    const first = await pagesOf(stored, 2, ['m3', 'm4'])
    expect(first.entries.map(({ type }) => type)).to.deep.equal(['notice', 'user'])
    expect((await all(first)).at(1)).to.deep.equal(['1', '2'])
  })

  it('join a call with its result although a page ends between them', async () => {
    const call = {
      id: 'm2',
      message_type: 'tool_call_message',
      tool_call: { tool_call_id: 'c1', name: 'x', arguments: '{}' },
    }
    const answer = {
      id: 'm3',
      message_type: 'tool_return_message',
      tool_returns: [{ tool_call_id: 'c1', tool_return: 'done', status: 'success' }],
    }
    const stored = [user(1), call, answer, user(4)]
    expect(await all(await pagesOf(stored, 2))).to.deep.equal([['4'], ['1', 'c1 finished'], []])
  })

  it('distinguish calls whose ids are reused', async () => {
    const called = (id: string) => ({
      id,
      message_type: 'tool_call_message',
      tool_call: { tool_call_id: 'call_0', name: 'x', arguments: '{}' },
    })
    const answered = (id: string) => ({
      id,
      message_type: 'tool_return_message',
      tool_returns: [{ tool_call_id: 'call_0', tool_return: id, status: 'success' }],
    })
    const stored = [called('m1'), answered('m2'), called('m3'), answered('m4')]
    expect(await all(await pagesOf(stored, 2))).to.deep.equal([
      ['call_0 finished'],
      ['call_0~before finished'],
      [],
    ])
  })
})

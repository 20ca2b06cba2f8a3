import { expect } from 'chai'
import { firstMessageTitles } from '../../lib/session/first-message-titles.ts'
import type { Thread } from '../../lib/util/thread.ts'

const row = (number: number, lastMessageAt: number | null = number) => {
  return { id: `conv-${number}`, agentId: 'agent-1', title: null, lastMessageAt }
}

describe('The titles of conversations without one', () => {
  let read: string[]
  let threads: Parameters<typeof firstMessageTitles>[0]
  beforeEach(() => {
    read = []
    threads = {
      async firstMessage({ conversationId }: Thread) {
        read.push(conversationId)
        return `Question of ${conversationId}`
      },
    }
  })
  const titles = async (rows: readonly ReturnType<typeof row>[]) => [
    ...(await firstMessageTitles(threads, rows)),
  ]

  it('are read once from their first messages, and again after another message', async () => {
    const rows = [row(1), row(2), row(3, null)]
    const expected = [
      ['conv-1', 'Question of conv-1'],
      ['conv-2', 'Question of conv-2'],
    ]
    expect(await titles(rows)).to.deep.equal(expected)
    expect(await titles(rows)).to.deep.equal(expected)
    expect(read).to.have.members(['conv-1', 'conv-2'])
    expect(await titles([row(1, 9), row(2)])).to.deep.equal(expected)
    expect(read.slice(2)).to.deep.equal(['conv-1'])
  })

  it('are read twenty at a time, the newest first', async () => {
    const rows = Array.from({ length: 30 }, (_, number) => row(number))
    expect(await titles(rows)).to.have.length(20)
    expect(read).to.include('conv-29').and.not.include('conv-9')
    expect(await titles(rows)).to.have.length(30)
    expect(read).to.have.length(30)
  })
})

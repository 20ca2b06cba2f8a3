import { expect } from 'chai'
import { firstThatFits } from '../../lib/server/compaction.ts'
import type { MessageBody, MessageRecord } from '../../lib/server/records.ts'

/** 350 characters are about 100 tokens. */
const HUNDRED_TOKENS = 'x'.repeat(350)

function record(sequence: number, body: MessageBody): MessageRecord {
  return {
    sequence,
    id: `message-${sequence}`,
    agentId: 'agent-1',
    runId: null,
    stepId: null,
    conversationId: 'default',
    position: sequence,
    createdAt: '2026-11-23T14:05:09.000Z',
    body,
  }
}

const user = (sequence: number, text = HUNDRED_TOKENS): MessageRecord =>
  record(sequence, { role: 'user', content: [{ type: 'text', text }], otid: null })

const assistant = (sequence: number): MessageRecord =>
  record(sequence, {
    role: 'assistant',
    reasoning: [],
    text: HUNDRED_TOKENS,
    calls: [],
    partial: false,
    model: 'scripted/model',
  })

describe('what leaves the prompt', () => {
  const turns = [user(1), assistant(2), user(3), assistant(4), user(5)]

  it('is nothing while there is room', () => {
    expect(firstThatFits(turns, '', 1000)).to.equal(null)
  })

  it('is whole turns, the oldest first, until there is room again', () => {
    expect(firstThatFits(turns, '', 540)).to.equal(3)
    expect(firstThatFits(turns, HUNDRED_TOKENS, 600)).to.equal(5)
  })

  it('is never the newest turn, however long', () => {
    expect(firstThatFits([...turns, assistant(6), assistant(7)], '', 100)).to.equal(5)
  })

  it('does not count the bytes of a picture', () => {
    const picture = {
      type: 'image',
      mediaType: 'image/png',
      base64: 'x'.repeat(1_000_000),
    } as const
    const seen = record(6, { role: 'user', content: [picture], otid: null })
    expect(firstThatFits([...turns, seen], '', 10_000)).to.equal(null)
  })
})

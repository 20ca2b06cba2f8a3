import { expect } from 'chai'
import type { MessageBody, MessageRecord } from '../../../lib/server/records.ts'
import { countEvicted, findFirstThatFits } from '../../../lib/server/runs/eviction.ts'

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

const calling = (sequence: number): MessageRecord =>
  record(sequence, {
    role: 'assistant',
    reasoning: [],
    text: '',
    calls: [{ callId: `call_${sequence}`, name: 'Bash', args: '{}', runs: 'client' }],
    partial: false,
    model: 'scripted/model',
  })

const result = (sequence: number): MessageRecord =>
  record(sequence, {
    role: 'tool',
    callId: `call_${sequence - 1}`,
    name: 'Bash',
    text: HUNDRED_TOKENS,
    pictures: [],
    status: 'success',
    stdout: [],
    stderr: [],
    denial: null,
  })

describe('The messages that a summary replaces', () => {
  const sliding = {
    mode: 'sliding_window',
    share: 0.3,
    room: 10_000,
    scale: 1,
    isRequested: false,
  } as const
  const turns = [user(1), assistant(2), user(3), assistant(4), user(5), assistant(6), user(7)]

  it('are the oldest ones, up to an answer of the model', () => {
    expect(countEvicted([...turns, assistant(8)], sliding)).to.equal(3)
  })

  it('are more when the rest would still be too large', () => {
    expect(countEvicted([...turns, assistant(8)], { ...sliding, room: 350 })).to.equal(5)
    expect(countEvicted([...turns, assistant(8)], { ...sliding, room: 350, scale: 2 })).to.equal(7)
  })

  it('never include those after the last answer', () => {
    expect(countEvicted([...turns, user(8)], { ...sliding, room: 0 })).to.equal(5)
  })

  it('leave the newest turn complete when it fits, or when a person has asked for the summary', () => {
    const two = [user(1), assistant(2), user(3), assistant(4)]
    expect(countEvicted(two, sliding)).to.equal(2)
    expect(countEvicted(two, { ...sliding, room: 0 })).to.equal(3)
    expect(countEvicted(two, { ...sliding, room: 0, isRequested: true })).to.equal(2)
  })

  it('are none when a summary would replace a single message', () => {
    expect(countEvicted([user(1), assistant(2), user(3)], sliding)).to.equal(0)
    expect(countEvicted([user(1), user(2)], sliding)).to.equal(0)
    expect(countEvicted([], { ...sliding, mode: 'all' })).to.equal(0)
  })

  it('never separate a call from its result', () => {
    const worked = [user(1), calling(2), result(3), calling(4), result(5), calling(6), result(7)]
    expect(countEvicted(worked, sliding)).to.equal(3)
    expect(countEvicted(worked, { ...sliding, room: 0 })).to.equal(5)
  })

  it('never include a pending call', () => {
    const waiting = [user(1), assistant(2), user(3), calling(4)]
    expect(countEvicted(waiting, { ...sliding, room: 0 })).to.equal(3)
    expect(countEvicted(waiting, { ...sliding, mode: 'all' })).to.equal(3)
    expect(countEvicted(turns, { ...sliding, mode: 'all' })).to.equal(7)
  })
})

describe('The messages that are removed without a summary', () => {
  const turns = [user(1), assistant(2), user(3), assistant(4), user(5)]

  it('are none while the prompt fits', () => {
    expect(findFirstThatFits(turns, '', 1000)).to.equal(null)
  })

  it('are complete turns, the oldest first, until the prompt fits', () => {
    expect(findFirstThatFits(turns, '', 540)).to.equal(3)
    expect(findFirstThatFits(turns, HUNDRED_TOKENS, 600)).to.equal(5)
  })

  it('never include the newest turn, however long it is', () => {
    expect(findFirstThatFits([...turns, assistant(6), assistant(7)], '', 100)).to.equal(5)
  })

  it('are chosen without counting the bytes of an image', () => {
    const shown = {
      type: 'image',
      mediaType: 'image/png',
      base64: 'x'.repeat(1_000_000),
    } as const
    const seen = record(6, { role: 'user', content: [shown], otid: null })
    expect(findFirstThatFits([...turns, seen], '', 10_000)).to.equal(null)
  })
})

import { expect } from 'chai'
import { dialectIds } from '../support/four-dialects.ts'
import { playRandomConversation } from '../support/random-conversation.ts'

/** More turns: test/long/random-provider.ts. */
const TURNS = 60
const MAX_MS = 9_000

describe('A provider that fails at random', () => {
  it('always answers the next plain message, with a history that every validator accepts', async () => {
    const conversation = { seed: 1, turns: TURNS, dialects: dialectIds, maxMs: MAX_MS }
    const { faults, played } = await playRandomConversation(conversation)
    expect(faults.join('\n')).to.equal('')
    expect(played).to.be.above(10)
  })
})

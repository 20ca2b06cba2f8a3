// Ten thousand turns with a provider that fails at random: TURNS=500 SEED=7 DIALECT=google npx mocha test/long/random-provider.ts
import { expect } from 'chai'
import { dialectIds } from '../support/four-dialects.ts'
import { playRandomConversation } from '../support/random-conversation.ts'

const TURNS = Number(process.env['TURNS'] ?? 10_000)
const SEED = Number(process.env['SEED'] ?? 1)
const DIALECT = process.env['DIALECT']
/** The history of one agent grows; each block of turns has a separate agent, so that a fault can be repeated. */
const TURNS_PER_AGENT = 500

describe('A provider that fails at random for a long time', () => {
  for (let block = 0; block * TURNS_PER_AGENT < TURNS; block++) {
    const seed = SEED + block
    it(`answers each plain message of the turns with seed ${seed}`, async function () {
      this.timeout(TURNS_PER_AGENT * 5_000)
      const { faults, played, requests, slowestMs } = await playRandomConversation({
        seed,
        turns: Math.min(TURNS_PER_AGENT, TURNS - block * TURNS_PER_AGENT),
        dialects: DIALECT === undefined ? dialectIds : [DIALECT],
      })
      console.log(
        `      ${played} turns, ${requests} requests, slowest ${Math.round(slowestMs)} ms`,
      )
      expect(faults.join('\n')).to.equal('')
    })
  }
})

// A turn whose stream breaks at each of its bytes, and at random ones: npx mocha test/long/cut-streams.ts (SEED=… varies it).
import { expect } from 'chai'
import { COMPLETE_TURN, runInterruptedTurn } from '../support/interrupted-turn.ts'
import { createSeededRandom } from '../support/seeded-random.ts'

/** A turn has about 3,600 bytes on the wire, so that the last cuts are after its end. */
const TURN_BYTES = 3_700
const ROUNDS = 100
/** Parts up to the stop. A break after it is not resumed, so the usage may be missing. */
const PARTS_UNTIL_STOP = 4
const SEED = Number(process.env['SEED'] ?? 1)

describe('A stream that breaks', () => {
  it('at any of its bytes loses and doubles nothing, at the cost of one connection', async function () {
    this.timeout(TURN_BYTES * 500)
    for (let cut = 0; cut < TURN_BYTES; cut++) {
      const { lines, thrown, connections } = await runInterruptedTurn({
        cuts: [cut],
        background: true,
      })
      const found = { cut, lines: lines.slice(0, PARTS_UNTIL_STOP), thrown }
      expect(found).to.deep.equal({
        cut,
        lines: COMPLETE_TURN.slice(0, PARTS_UNTIL_STOP),
        thrown: null,
      })
      expect(connections).to.be.at.most(2)
    }
  })

  it(`several times loses and doubles nothing: ${ROUNDS} times from seed ${SEED}`, async function () {
    this.timeout(ROUNDS * 5_000)
    const random = createSeededRandom(SEED)
    for (let round = 0; round < ROUNDS; round++) {
      const cuts = Array.from({ length: 4 }, () => Math.floor(random() * 1_900))
      const { lines, thrown, connections } = await runInterruptedTurn({ cuts, background: true })
      const found = { cuts, lines: lines.slice(0, PARTS_UNTIL_STOP), thrown }
      expect(found).to.deep.equal({
        cuts,
        lines: COMPLETE_TURN.slice(0, PARTS_UNTIL_STOP),
        thrown: null,
      })
      expect(connections).to.be.at.most(5)
    }
  })
})

import { expect } from 'chai'
import { COMPLETE_TURN, runInterruptedTurn } from '../../support/interrupted-turn.ts'

describe('streaming a turn over connections that break', () => {
  const run = (cuts: readonly number[], background: boolean, silent = false) =>
    runInterruptedTurn({ cuts, background, silent })

  it('needs one request when nothing breaks', async () => {
    expect(await run([], true)).to.deep.equal({ told: COMPLETE_TURN, thrown: null, connections: 1 })
  })

  // An event of a run has some 300 bytes: between events, inside of them, inside of a character, behind the last.
  for (const cut of [400, 777, 1100, 1501, 1999, 2600, 3100, 3500]) {
    it(`loses and doubles nothing when the connection breaks after ${cut} bytes`, async () => {
      expect(await run([cut], true)).to.deep.equal({
        told: COMPLETE_TURN,
        thrown: null,
        connections: 2,
      })
    })
  }

  it('finds its way back several times', async () => {
    const turn = await run([500, 600, 400, 900], true)
    expect(turn).to.deep.equal({ told: COMPLETE_TURN, thrown: null, connections: 5 })
  })

  it('finds its way back however often, as long as each connection brings something new', async () => {
    const { told, thrown, connections } = await run(Array(40).fill(700), true)
    // A break behind the stop leaves nothing to get back for.
    expect([told.slice(0, 4), thrown]).to.deep.equal([COMPLETE_TURN.slice(0, 4), null])
    expect(connections).to.be.above(5)
  })

  it('gives up when the connection brings nothing new five times', async () => {
    const { told, thrown, connections } = await run([700, ...Array(20).fill(10)], true)
    expect(thrown).to.be.instanceOf(Error)
    expect(told).to.not.include('stop: requires_approval')
    expect(connections).to.equal(6)
  })

  it('takes a connection for broken that has been silent for too long', async () => {
    const { told, thrown, connections } = await run([900, 400], true, true)
    expect({ told, thrown }).to.deep.equal({ told: COMPLETE_TURN, thrown: null })
    expect(connections).to.be.above(2)
  })

  it('finds the run that the message has begun when it breaks before the run is told', async () => {
    for (const cut of [0, 1, 150]) {
      expect(await run([cut], true)).to.deep.equal({
        told: COMPLETE_TURN,
        thrown: null,
        connections: 2,
      })
    }
  })

  it('never sends the message again when it cannot know whether it has arrived', async () => {
    const { told, thrown, connections } = await run([0], false)
    expect(told).to.deep.equal([])
    expect(thrown).to.be.instanceOf(Error)
    expect(connections).to.equal(1)
  })

  it('tells of the break when the run cannot be resumed', async () => {
    const { told, thrown, connections } = await run([1500], false)
    expect(told[0]).to.equal('reasoning: Let me think.')
    expect(thrown).to.be.instanceOf(Error)
    expect(connections).to.equal(1)
  })
})

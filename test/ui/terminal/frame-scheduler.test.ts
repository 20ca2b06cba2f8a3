import { expect } from 'chai'
import { createFrameScheduler } from '../../../ui/terminal/frame-scheduler.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Frames that are counted; the terminal takes each when the test says so. */
function openFrames() {
  const painted: (() => void)[] = []
  const waiting: (() => void)[] = []
  const frames = createFrameScheduler((done) => {
    painted.push(done)
    waiting.shift()?.()
  })
  frames.resume()
  return {
    frames,
    painted,
    next: () => new Promise<void>((resolve) => waiting.push(resolve)),
  }
}

describe('The frame scheduler', () => {
  it('paints once for all keys of one turn of the event loop, and before the next', async () => {
    const { frames, painted } = openFrames()
    for (let key = 0; key < 5; key++) frames.invalidate('now')
    expect(painted.length).to.equal(0)
    await turn()
    expect(painted.length).to.equal(1)
  })

  it('paints the next frame only when the terminal has accepted the last', async () => {
    const { frames, painted } = openFrames()
    frames.invalidate('now')
    await turn()
    frames.invalidate('now')
    await turn()
    expect(painted.length).to.equal(1)
    painted[0]?.()
    await turn()
    expect(painted.length).to.equal(2)
  })

  it('collects changes that are not urgent, but paints at once for a key', async () => {
    const { frames, painted, next } = openFrames()
    frames.invalidate('soon')
    await next()
    painted[0]?.()
    for (let token = 0; token < 10; token++) frames.invalidate('soon')
    await turn()
    expect(painted.length).to.equal(1)
    frames.invalidate('now')
    await turn()
    expect(painted.length).to.equal(2)
    painted[1]?.()
    await turn()
    expect(painted.length).to.equal(2)
  })

  it('paints at most 31 times a second while no key is pressed', async () => {
    const { frames, painted, next } = openFrames()
    frames.invalidate('soon')
    await next()
    const from = performance.now()
    painted[0]?.()
    frames.invalidate('soon')
    await next()
    // A timer may fire a millisecond early.
    expect(performance.now() - from).to.be.at.least(30)
  })

  it('paints what may be late in the frame of what streams in after it', async () => {
    const { frames, painted, next } = openFrames()
    frames.invalidate('later')
    await turn()
    expect(painted.length).to.equal(0)
    frames.invalidate('soon')
    await turn()
    expect(painted.length).to.equal(1)
    painted[0]?.()
    await turn()
    frames.invalidate('later')
    await next()
    expect(painted.length).to.equal(2)
  })

  it('paints nothing while paused, and what was requested afterwards', async () => {
    const { frames, painted } = openFrames()
    frames.invalidate('now')
    frames.pause()
    frames.invalidate('now')
    await turn()
    expect(painted.length).to.equal(0)
    frames.resume()
    await turn()
    expect(painted.length).to.equal(1)
  })
})

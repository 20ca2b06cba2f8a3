import { expect } from 'chai'
import { createSuspension } from '../../../ui/terminal/suspend.ts'

describe('Suspending', () => {
  const { kill } = process
  let signals: unknown[]
  let steps: string[]
  let isOnScreen: boolean
  let suspension: ReturnType<typeof createSuspension>

  beforeEach(() => {
    signals = []
    steps = []
    isOnScreen = true
    // The signal would stop the tests.
    process.kill = (pid, signal) => {
      signals.push([pid, signal])
      return true
    }
    suspension = createSuspension({
      isOnScreen: () => isOnScreen,
      leave() {
        steps.push('leave')
        isOnScreen = false
      },
      enter() {
        steps.push('enter')
        isOnScreen = true
      },
    })
  })
  afterEach(() => {
    process.kill = kill
    suspension.close()
  })

  const resume = (): boolean => process.emit('SIGCONT')

  it('leaves the screen before the process group is stopped, and enters it when continued', () => {
    suspension.suspend()
    expect(signals).to.deep.equal([[0, 'SIGTSTP']])
    expect(steps).to.deep.equal(['leave'])
    resume()
    expect(steps).to.deep.equal(['leave', 'enter'])
  })

  it('happens once for keys that are pressed while it stops', () => {
    const before = process.listenerCount('SIGTSTP')
    suspension.suspend()
    suspension.suspend()
    expect(signals).to.have.length(1)
    resume()
    expect(steps).to.deep.equal(['leave', 'enter'])
    expect(process.listenerCount('SIGTSTP')).to.equal(before)
    suspension.suspend()
    expect(signals).to.have.length(2)
    resume()
  })

  it('does not enter the screen when another program had it', () => {
    isOnScreen = false
    suspension.suspend()
    resume()
    expect(steps).to.deep.equal(['leave'])
  })

  it('sets the modes again after a stop from outside, and only while the screen is shown', () => {
    resume()
    expect(steps).to.deep.equal(['leave', 'enter'])
    isOnScreen = false
    resume()
    expect(steps).to.deep.equal(['leave', 'enter'])
  })
})

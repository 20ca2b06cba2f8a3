import { expect } from 'chai'
import { restoreTerminalOnExit } from '../../../ui/terminal/exit-handlers.ts'

/** SIGINT would end the tests. */
describe('A signal that is typed, such as SIGQUIT', () => {
  const signal = (isDetached: boolean): readonly unknown[] => {
    const steps: unknown[] = []
    const stop = restoreTerminalOnExit(
      { isDetached, leave: () => void steps.push('leave') },
      { exit: (code) => void steps.push(code) },
    )
    process.emit('SIGQUIT')
    stop()
    return steps
  }

  it('restores the terminal and ends the program with its code', () => {
    expect(signal(false)).to.deep.equal(['leave', 131])
  })

  it('is for the editor while that has the terminal', () => {
    expect(signal(true)).to.deep.equal([])
  })
})

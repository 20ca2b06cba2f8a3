import { expect } from 'chai'
import { runInSlices } from '../../../lib/tools/files/run-in-slices.ts'

function* work(name: string, done: string[]): Generator<undefined, string, undefined> {
  for (let step = 0; step < 3; step++) {
    const end = performance.now() + 10
    while (performance.now() < end);
    done.push(name)
    yield
  }
  return name
}

describe('Work in slices', () => {
  it('lets keys be handled between its steps, also when there are several works', async () => {
    const done: string[] = []
    let isDone = false
    const note = (): void => {
      done.push('key')
      if (!isDone) setImmediate(note)
    }
    setImmediate(note)
    const names = await Promise.all([
      runInSlices(work('one', done)),
      runInSlices(work('two', done)),
    ])
    isDone = true
    expect(names).to.deep.equal(['one', 'two'])
    const later = done.slice(2).join(' ')
    expect(later).not.to.match(/(one|two) (one|two)/)
  })
})

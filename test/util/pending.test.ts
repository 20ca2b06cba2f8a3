import { expect } from 'chai'
import { createPending } from '../../lib/util/pending.ts'

describe('Work that is not done yet', () => {
  it('is waited for, what is begun meanwhile as well, and whether it fails or not', async () => {
    const pending = createPending()
    const steps: string[] = []
    const step = (name: string) => Promise.resolve().then(() => void steps.push(name))
    const failing = pending.add(
      step('first').then(() => {
        void pending.add(step('second').then(() => step('third')))
        throw new Error('disk full')
      }),
    )
    failing.catch(() => undefined)
    await pending.settled()
    expect(steps).to.deep.equal(['first', 'second', 'third'])
    await pending.settled()
  })
})

import { expect } from 'chai'
import { coalesce } from '../../lib/util/coalesce.ts'
import { rejection } from '../support/rejection.ts'

describe('Work that is requested again while it runs', () => {
  it('is done once more for all requests that arrived meanwhile', async () => {
    const starts: (() => void)[] = []
    const request = coalesce(() => new Promise((resolve) => starts.push(resolve)))
    const all = Promise.all([request(), request(), request()])
    expect(starts).to.have.length(1)
    starts[0]?.()
    await Promise.resolve()
    await Promise.resolve()
    expect(starts).to.have.length(2)
    starts[1]?.()
    await all
    expect(starts).to.have.length(2)
  })

  it('is done again after it has failed', async () => {
    let runs = 0
    const failure = new Error('no')
    const request = coalesce(async () => {
      runs++
      if (runs === 1) throw failure
    })
    expect(await rejection(request())).to.equal(failure)
    await request()
    expect(runs).to.equal(2)
  })
})

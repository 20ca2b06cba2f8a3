import { expect } from 'chai'
import { createBoundedCache } from '../../../../ui/view/render/bounded-cache.ts'

describe('A bounded cache', () => {
  it('keeps as many values as it has room for, those that were read last', () => {
    const cache = createBoundedCache<string, number>(2)
    cache.set('a', 1)
    cache.set('b', 2)
    expect([cache.get('a'), cache.get('b')]).to.deep.equal([1, 2])
    cache.get('a')
    cache.set('c', 3)
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).to.deep.equal([1, undefined, 3])
    cache.delete('a')
    expect(cache.get('a')).to.equal(undefined)
  })
})

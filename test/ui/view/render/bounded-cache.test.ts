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

  it('has room for fewer values that are heavier, and for the newest one in any case', () => {
    const cache = createBoundedCache<string, number>(10, (value) => value)
    cache.set('a', 4)
    cache.set('b', 4)
    cache.set('b', 6)
    expect([cache.get('a'), cache.get('b')]).to.deep.equal([4, 6])
    cache.set('c', 1)
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).to.deep.equal([undefined, 6, 1])
    cache.delete('b')
    cache.set('d', 9)
    expect([cache.get('c'), cache.get('d')]).to.deep.equal([1, 9])
    cache.set('e', 20)
    expect([cache.get('c'), cache.get('d'), cache.get('e')]).to.deep.equal([
      undefined,
      undefined,
      20,
    ])
  })
})

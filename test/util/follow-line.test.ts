import { expect } from 'chai'
import { followLine } from '../../lib/util/follow-line.ts'

describe('A line of a text that changes', () => {
  const follow = (before: string, after: string): readonly string[] => {
    const [old, now] = [before.split('\n'), after.split('\n')]
    return old.map((_, line) => now[followLine(before, after, line)] ?? 'none')
  }

  it('is found where it is after lines were added and removed before it', () => {
    expect(follow('a\nb\nc', 'x\ny\na\nb\nc')).to.deep.equal(['a', 'b', 'c'])
    expect(follow('a\nb\nc\nd', 'a\nd')).to.deep.equal(['a', 'a', 'a', 'd'])
    expect(follow('a\nb\nc\nd\ne', 'a\nx\ny\nb\nd\ne\nz')).to.deep.equal(['a', 'b', 'b', 'd', 'e'])
    expect(follow('a\nb', 'a\nb\nc')).to.deep.equal(['a', 'b'])
  })

  it('is the line in its place when it was rewritten', () => {
    expect(follow('a\nb\nc', 'a\nB\nc')).to.deep.equal(['a', 'B', 'c'])
    expect(follow('a\nb\nc\nd', 'x\na\nB\nC\nd')).to.deep.equal(['a', 'B', 'C', 'd'])
    expect(follow('a\nb', '')).to.deep.equal(['', ''])
    expect(follow('', 'a\nb')).to.deep.equal(['b'])
  })
})

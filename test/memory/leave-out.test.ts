import { expect } from 'chai'
import { leaveOut } from '../../lib/memory/leave-out.ts'
import { blockNotFound, lineNotFound, lineRangeReversed } from '../../lib/memory/messages.ts'

describe('Leaving out memory', () => {
  const block = (label: string, value: string) => {
    return { label, value, description: null, limit: null, readOnly: false }
  }
  const blocks = [block('human', 'one\ntwo\nthree'), block('notes:2', 'x')]
  const leave = (...parts: readonly string[]) => {
    const { blocks: left, removed } = leaveOut(blocks, parts)
    return [left.map(({ label, value }) => `${label}=${value}`), removed]
  }

  it('removes a block, a line of it, or several', () => {
    expect(leave('human')).to.deep.equal([['notes:2=x'], 'one\ntwo\nthree'])
    expect(leave('human:2')).to.deep.equal([['human=one\nthree', 'notes:2=x'], 'two'])
    expect(leave('human:2-3')).to.deep.equal([['human=one', 'notes:2=x'], 'two\nthree'])
    expect(leave('notes:2')).to.deep.equal([['human=one\ntwo\nthree'], 'x'])
  })

  it('removes several parts, with the numbers that the lines had', () => {
    expect(leave('human:1', 'human:3')).to.deep.equal([['human=two', 'notes:2=x'], 'one\nthree'])
    expect(leave('notes:2', 'human:1-2')).to.deep.equal([['human=three'], 'one\ntwo\nx'])
    expect(leave('human', 'human:2', 'notes:2')).to.deep.equal([[], 'one\ntwo\nthree\nx'])
  })

  it('names a block or a line that does not exist', () => {
    expect(() => leave('humn')).to.throw(blockNotFound('humn'))
    for (const part of ['human:4', 'human:3-4']) {
      expect(() => leave(part)).to.throw(lineNotFound('human', 4, 3))
    }
    expect(() => leave('human:2-1')).to.throw(lineRangeReversed('human', 2, 1))
    expect(() => leave('human:0')).to.throw(lineNotFound('human', 0, 3))
  })
})

import { expect } from 'chai'
import { cleanMerge, mergeTexts } from '../../lib/memory/merge.ts'

describe('A three-way merge of a memory block', () => {
  it('contains the changes of both sides when they are in different lines', () => {
    expect(cleanMerge('a\nb\nc\nd', 'A\nb\nc\nd', 'a\nb\nc\nd\ne')).to.equal('A\nb\nc\nd\ne')
    expect(cleanMerge('a\nb\nc', 'b\nc', 'a\nb\nC')).to.equal('b\nC')
  })

  it('takes the same change of both sides once', () => {
    expect(cleanMerge('a\nb', 'a\nX', 'a\nX')).to.equal('a\nX')
  })

  it('is the changed side when the other one has changed nothing, also for empty texts', () => {
    expect(cleanMerge('a', 'b', 'a')).to.equal('b')
    expect(cleanMerge('a', 'a', 'b')).to.equal('b')
    expect(cleanMerge('', '', 'b')).to.equal('b')
    expect(cleanMerge('a\n', '', 'a\n')).to.equal('')
  })

  it('has a conflict where both sides have changed the same lines', () => {
    expect(cleanMerge('a\nb\nc', 'a\nX\nc', 'a\nY\nc')).to.equal(null)
    expect(mergeTexts('a\nb\nc', 'a\nX\nc', 'a\nY\nc')).to.deep.equal([
      { type: 'merged', lines: ['a'] },
      { type: 'conflict', base: ['b'], mine: ['X'], theirs: ['Y'] },
      { type: 'merged', lines: ['c'] },
    ])
  })

  it('has a conflict when both sides add different lines at the end', () => {
    expect(mergeTexts('a', 'a\nmine', 'a\ntheirs')).to.deep.equal([
      { type: 'merged', lines: ['a'] },
      { type: 'conflict', base: [], mine: ['mine'], theirs: ['theirs'] },
    ])
  })
})

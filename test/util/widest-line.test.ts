import { expect } from 'chai'
import { diffHunks } from '../../lib/util/unified-diff.ts'
import { mostCells, widestLine } from '../../lib/util/widest-line.ts'

describe('The widest line of a hunk', () => {
  const line = (text: string, noNewline = false) => ({ text, noNewline })

  it('is a bound that also holds for tabs, line ends and wide letters, and none for what has to be rendered', () => {
    expect(['ab', 'a\tb', 'ab\r', 'aé漢', 'a\u202e', 'a\u0301'].map(mostCells)).to.deep.equal([
      2,
      6,
      4,
      4,
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ])
    expect(widestLine([line('abc'), line('漢字'), line('')])).to.equal(4)
    expect(widestLine([])).to.equal(0)
  })

  it('is unknown where a note follows a line', () => {
    expect(widestLine([line('a'), line('b', true)])).to.equal(Number.POSITIVE_INFINITY)
  })

  it('was counted when the difference was found', () => {
    const [hunk] = diffHunks('a\n', 'abcd\n').hunks
    const counted = widestLine(hunk?.lines ?? [])
    // A change of it would be noticed only if it were counted now.
    Object.assign(hunk?.lines[0] ?? {}, { text: 'longer than that' })
    expect([counted, widestLine(hunk?.lines ?? [])]).to.deep.equal([4, 4])
  })
})

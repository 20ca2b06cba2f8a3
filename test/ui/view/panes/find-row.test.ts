import { expect } from 'chai'
import { findRow } from '../../../../ui/view/panes/find-row.ts'

const LINES = ['# Sums', '', '- The **sum** of all that is one sum and', 'a sum', 'a sum']
/** As Markdown draws them, with the third line wrapped. */
const ROWS = ['Sums', '', '• The sum of all that is', '  one sum and', 'a sum', 'a sum']

describe('The row of a match', () => {
  it('is that of its occurrence, in the rows of its line only', () => {
    const found = (line: number, nth: number, query = 'sum') =>
      findRow(ROWS, LINES, line, { query, nth })
    expect(found(0, 0)).to.deep.equal({ row: 0, nth: 0, isVisible: true })
    expect(found(2, 0)).to.deep.equal({ row: 2, nth: 0, isVisible: true })
    expect(found(2, 1)).to.deep.equal({ row: 3, nth: 0, isVisible: true })
    expect(found(2, 2)).to.deep.equal({ row: 3, nth: 0, isVisible: true })
    expect(found(3, 0)).to.deep.equal({ row: 4, nth: 0, isVisible: true })
    expect(found(4, 0)).to.deep.equal({ row: 5, nth: 0, isVisible: true })
  })

  it('is counted where a row has several', () => {
    expect(findRow(['sum sum sum'], ['sum sum sum'], 0, { query: 'sum', nth: 2 })).to.deep.equal({
      row: 0,
      nth: 2,
      isVisible: true,
    })
  })

  it('is the nearest one where the text is wrapped or the line is hidden', () => {
    const wrapped = findRow(
      ['it is a long row, very', 'long'],
      ['it is a long row, very long'],
      0,
      {
        query: 'very long',
        nth: 0,
      },
    )
    expect(wrapped).to.deep.equal({ row: 0, nth: 0, isVisible: true })
    const hidden = findRow(['● Bash seq', '… 40 lines'], ['Bash seq', 'step 4'], 1, {
      query: 'step',
      nth: 0,
    })
    expect(hidden.isVisible).to.equal(false)
  })
})

import { expect } from 'chai'
import { highlightText } from '../../../../ui/view/render/highlight-text.ts'
import { row, styled } from '../../../../ui/view/render/row.ts'
import { styleOf } from '../../../../ui/view/render/style.ts'

const INK = styleOf({ fg: 3 })
const MATCH = styleOf({ fg: 0, bg: 3 })

describe('The text that was found', () => {
  it('has the colors of a match only: code in the color of its ground could not be read', () => {
    const content = row('The ', styled(INK, 'Layout()'), ' of it')
    expect(highlightText(content, 'layout', MATCH)).to.deep.equal(
      row('The ', styled(MATCH, 'Layout'), styled(INK, '()'), ' of it'),
    )
  })

  it('has another style where it is the current match', () => {
    const current = { nth: 1, style: INK }
    expect(highlightText(row('a, a, a'), 'a', MATCH, current)).to.deep.equal(
      row(styled(MATCH, 'a'), ', ', styled(INK, 'a'), ', ', styled(MATCH, 'a')),
    )
  })
})

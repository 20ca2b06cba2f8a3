import { expect } from 'chai'
import { makeStyles, parseTheme } from '../../../../ui/theme/theme.ts'
import { gauge } from '../../../../ui/view/render/gauge.ts'

const styles = makeStyles(
  parseTheme({}, 'plain', () => undefined),
  'truecolor',
)

describe('a gauge', () => {
  it('shows the share that is used', () => {
    expect(gauge(0, 100, 8, styles)).to.equal('░░░░░░░░')
    expect(gauge(50, 100, 8, styles)).to.equal('████░░░░')
    expect(gauge(10, 100, 8, styles)).to.equal('▊░░░░░░░')
  })

  it('says, not by colour alone, when it is nearly full', () => {
    expect(gauge(95, 100, 9, styles)).to.equal('███████▋!')
    expect(gauge(500, 100, 8, styles)).to.equal('███████!')
  })

  it('stands what makes no sense', () => {
    expect(gauge(5, 0, 4, styles)).to.equal('░░░░')
    expect(gauge(-5, 10, 4, styles)).to.equal('░░░░')
    expect(gauge(5, 10, 0, styles)).to.equal('')
  })
})

import { expect } from 'chai'
import { gauge } from '../../../../ui/view/render/gauge.ts'
import { rowText } from '../../../../ui/view/render/row.ts'
import { plainStyles } from '../rows.ts'

const shown = (used: number, limit: number, columns: number): string =>
  rowText(gauge(used, limit, columns, plainStyles))

describe('A gauge', () => {
  it('shows the used share', () => {
    expect(shown(0, 100, 8)).to.equal('░░░░░░░░')
    expect(shown(50, 100, 8)).to.equal('████░░░░')
    expect(shown(10, 100, 8)).to.equal('▊░░░░░░░')
  })

  it('shows not only by its color when it is nearly full', () => {
    expect(shown(95, 100, 9)).to.equal('███████▋!')
    expect(shown(500, 100, 8)).to.equal('███████!')
  })

  it('renders senseless values without an error', () => {
    expect(shown(5, 0, 4)).to.equal('░░░░')
    expect(shown(-5, 10, 4)).to.equal('░░░░')
    expect(shown(5, 10, 0)).to.equal('')
  })

  it('shows the largest of several values without a warning', () => {
    expect(rowText(gauge(100, 100, 4, plainStyles, true))).to.equal('████')
    expect(rowText(gauge(100, 100, 4, plainStyles))).to.equal('███!')
  })
})

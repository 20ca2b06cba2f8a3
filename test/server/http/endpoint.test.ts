import { expect } from 'chai'
import { booleanParameter, limitParameter } from '../../../lib/server/http/endpoint.ts'

describe('A query parameter', () => {
  it('that limits a list is at most 1000, and has a default', () => {
    const limits = [undefined, '5', '1000', '1001', '0', '-3']
    expect(limits.map((limit) => limitParameter(50).parse(limit))).to.deep.equal([
      ...[50, 5, 1000, 1000, 50, 50],
    ])
    expect(limitParameter(50).safeParse('many').success).to.equal(false)
  })

  it('that is a boolean has the spellings of FastAPI', () => {
    const spellings = ['true', '1', 'on', 'False', '0', 'no']
    expect(spellings.map((text) => booleanParameter.parse(text))).to.deep.equal([
      ...[true, true, true, false, false, false],
    ])
    expect(booleanParameter.safeParse('maybe').success).to.equal(false)
  })
})

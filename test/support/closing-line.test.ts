import { expect } from 'chai'
import { closingLine, countsOf, sum } from './closing-line.ts'

describe('The counts of a run in several processes', () => {
  it('are those of the last line that mocha printed in each', () => {
    const output =
      '..\n1 passed, 1 failed\nan example of 9 passed, 9 failed\n7 passed, 0 failed, 2 skipped\n'
    expect(countsOf(output, true)).to.deep.equal({ passed: 7, failed: 0, skipped: 2 })
    expect(countsOf('..!\n3 passed, 2 failed\n', false)).to.deep.equal({
      passed: 3,
      failed: 2,
      skipped: 0,
    })
  })

  it('have a failure for a process that crashed before or after its closing line', () => {
    expect(countsOf('..\nout of memory\n', false)).to.deep.equal({
      passed: 0,
      failed: 1,
      skipped: 0,
    })
    expect(countsOf('..\n', true)).to.deep.equal({ passed: 0, failed: 1, skipped: 0 })
    expect(countsOf('3 passed, 0 failed\n', false)).to.deep.equal({
      passed: 3,
      failed: 1,
      skipped: 0,
    })
  })

  it('add up to one closing line, which names skipped tests only when there are any', () => {
    const part = { passed: 2, failed: 0, skipped: 0 }
    expect(closingLine(sum([part, part]))).to.equal('4 passed, 0 failed')
    expect(closingLine(sum([part, { passed: 1, failed: 1, skipped: 3 }]))).to.equal(
      '3 passed, 1 failed, 3 skipped',
    )
  })
})

import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { errnoCode, ignoreErrno, isErrno } from '../../lib/fs/errno.ts'

const MISSING = thrownBy(() => readFileSync('/nonexistent/file'))
const BUG = new TypeError('x is undefined')

function thrownBy(action: () => void): unknown {
  try {
    action()
  } catch (thrown) {
    return thrown
  }
  throw new Error('nothing was thrown')
}

describe('System error codes', () => {
  it('are read from errors of the system, and from nothing else', () => {
    expect([errnoCode(MISSING), errnoCode(BUG), errnoCode({ code: 'ENOENT' })]).to.deep.equal([
      'ENOENT',
      undefined,
      undefined,
    ])
  })

  it('match when one of the given codes is that of the error', () => {
    expect(isErrno(MISSING, 'EACCES', 'ENOENT')).to.equal(true)
    expect(isErrno(MISSING, 'EACCES')).to.equal(false)
  })

  it('match any system error, but no bug, when no code is given', () => {
    expect([isErrno(MISSING), isErrno(BUG)]).to.deep.equal([true, false])
  })

  it('are ignored only when they are named', () => {
    expect(ignoreErrno('ENOENT')(MISSING)).to.equal(null)
    expect(thrownBy(() => ignoreErrno('EACCES')(MISSING))).to.equal(MISSING)
    expect(thrownBy(() => ignoreErrno('ENOENT')(BUG))).to.equal(BUG)
  })
})

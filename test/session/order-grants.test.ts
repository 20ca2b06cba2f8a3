import { expect } from 'chai'
import { orderGrants } from '../../lib/session/order-grants.ts'

describe('The grants of a directory', () => {
  it('are ordered by what they allow, without rules that are not valid', () => {
    const grants = [
      'read /elsewhere',
      'allow Edit(src/**)',
      'allow Bash(npm test:*)',
      'allow Bash(a:*)\n\nNothing else is allowed.\n\n)',
      'allow Bash(',
      'allow Read',
      'allow Bash(:*)',
    ]
    expect(orderGrants(grants)).to.deep.equal([
      'allow Bash(:*)',
      'allow Read',
      'allow Bash(npm test:*)',
      'allow Edit(src/**)',
      'read /elsewhere',
    ])
  })
})

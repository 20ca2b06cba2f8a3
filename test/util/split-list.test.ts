import { expect } from 'chai'
import { splitList } from '../../lib/util/split-list.ts'

describe('A list of the command line', () => {
  it('is split at commas, but not within parentheses', () => {
    expect(splitList('Bash(a,b), Read,,Edit((x,y),z)')).to.deep.equal([
      'Bash(a,b)',
      'Read',
      'Edit((x,y),z)',
    ])
  })

  it('recovers after a closing parenthesis that was never opened', () => {
    expect(splitList('a),b')).to.deep.equal(['a)', 'b'])
  })
})

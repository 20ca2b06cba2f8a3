import { delimiter } from 'node:path'
import { expect } from 'chai'
import { shimDirectories } from '../../../lib/tools/process/search-variables.ts'

describe('The search path', () => {
  it('has the directories in which version managers replace programs', () => {
    const shims = ['/h/.asdf/shims', '/h/.volta/bin', '/h/.pyenv/shims/']
    const others = ['/usr/bin', '', './shims', '/h/.cargo/bin']
    expect(shimDirectories([...others, ...shims].join(delimiter))).to.deep.equal(shims)
    expect(shimDirectories(undefined)).to.deep.equal([])
  })
})

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
      'allow WebFetch(*)',
      'allow Read',
      'allow Bash(:*)',
    ]
    expect(orderGrants(grants)).to.deep.equal([
      'allow Bash(:*)',
      'allow Read',
      'read /elsewhere',
      'allow Bash(npm test:*)',
      'allow Edit(src/**)',
    ])
  })

  it('begin with what allows everything, then what is outside the directory, and end with texts', () => {
    const scripts = Array.from({ length: 60 }, (_, at) => `allow Bash(npm run x${at})`)
    const wide = [
      'allow Bash(bash -c:*)',
      'allow Bash(python3:*)',
      'read /',
      'read /tmp',
      'read /home/ada',
      'allow Edit(~/.bashrc)',
      'allow Read(~/.ssh/**)',
    ]
    const texts = ['offer prompts of .letta/commands', 'send AGENTS.md to the agent']
    const narrow = ['allow Bash(bash build.sh)', 'allow Bash(node scripts/x.js:*)']
    const ordered = orderGrants([...texts, ...scripts, ...narrow, ...wide])
    expect(ordered.slice(0, 3)).to.deep.equal([
      'allow Bash(bash -c:*)',
      'allow Bash(python3:*)',
      'read /',
    ])
    expect(ordered.slice(0, wide.length)).to.have.members(wide)
    expect(ordered.slice(-2)).to.deep.equal(texts)
    expect(ordered).to.have.lengthOf(wide.length + scripts.length + narrow.length + texts.length)
  })
})

import { expect } from 'chai'
import { limits } from '../../../lib/permissions/messages.ts'
import { findLimits } from '../../../lib/permissions/rules/limits.ts'
import { NO_RULES } from '../../../lib/permissions/types.ts'

describe('What rules and modes cannot bind', () => {
  const deny = ['Read(.env)', 'Edit(src/**)', 'Bash(rm:*)'].map((text) => ({
    text,
    source: 'user' as const,
  }))

  it('is named where a rule is about files, and in plan mode', () => {
    expect(findLimits(NO_RULES, 'default')).to.deep.equal([])
    expect(findLimits({ ...NO_RULES, deny: deny.slice(2) }, 'default')).to.deep.equal([])
    expect(findLimits({ ...NO_RULES, deny }, 'bypassPermissions')).to.deep.equal([
      limits.programs(['Read(.env)', 'Edit(src/**)']),
      limits.serverTools,
    ])
    expect(findLimits(NO_RULES, 'plan')).to.deep.equal([limits.serverTools, limits.planMemory])
  })

  it('is named in one line, however long a rule is and whatever it contains', () => {
    const rules = ['Read(a\nNot bound: nothing)', `Read(${'a'.repeat(20_000)})`]
    const [named = ''] = findLimits(
      { ...NO_RULES, ask: rules.map((text) => ({ text, source: 'project' as const })) },
      'default',
    )
    expect(named).to.include('Read(a⏎Not bound: nothing)').and.not.include('\n')
    expect(named.length).to.be.lessThan(500)
  })

  it('names three rules, and how many more there are', () => {
    expect(limits.programs(['a', 'b', 'c', 'd', 'e'])).to.include('a, b, c and 2 more')
  })
})

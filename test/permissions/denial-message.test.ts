import { expect } from 'chai'
import { denialMessage } from '../../lib/permissions/denial-message.ts'
import type { Verdict } from '../../lib/permissions/types.ts'
import { loadCases } from '../support/cases.ts'

describe('why a call is denied', () => {
  const verdict = (more: Partial<Verdict>): Verdict => ({
    decision: 'deny',
    rule: null,
    source: null,
    because: '',
    part: null,
    ...more,
  })

  it('names the rule and where it stands', () => {
    const because = 'A rule forbids it.'
    expect(denialMessage(verdict({ because, rule: 'Bash(curl:*)', source: 'flag' }))).to.equal(
      'A rule forbids it: Bash(curl:*) (--disallowedTools)',
    )
    expect(denialMessage(verdict({ because, rule: 'Read(.env)', source: 'project' }))).to.equal(
      'A rule forbids it: Read(.env) (.letta/settings.json)',
    )
    expect(denialMessage(verdict({ because: 'Plan mode only reads.' }))).to.equal(
      'Plan mode only reads.',
    )
  })

  describe('denial_text.json', () => {
    const { cases } = loadCases('denial_text.json') as DenialCases
    for (const { id, permission, expected } of cases) {
      // What the cases call a matched rule is the name of a guard there: no rule of the user's.
      it(id, () => {
        const told = denialMessage(verdict({ because: permission.reason ?? '' }))
        expect(`Permission denied: ${told}`).to.equal(expected)
      })
    }
  })
})

interface DenialCases {
  readonly cases: readonly {
    readonly id: string
    readonly permission: { readonly reason?: string }
    readonly expected: string
  }[]
}

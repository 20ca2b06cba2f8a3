import { expect } from 'chai'
import { denialMessage } from '../../lib/permissions/messages.ts'
import type { Verdict } from '../../lib/permissions/types.ts'
import { loadCases } from '../support/cases.ts'

describe('A denial message', () => {
  const verdict = (more: Partial<Verdict>): Verdict => ({
    decision: 'deny',
    rule: null,
    source: null,
    because: '',
    part: null,
    ...more,
  })

  it('names the rule and where it is written', () => {
    const because = 'Some reason.'
    expect(denialMessage(verdict({ because, rule: 'Bash(curl:*)', source: 'flag' }))).to.equal(
      'Some reason: Bash(curl:*) (--disallowedTools)',
    )
    expect(denialMessage(verdict({ because, rule: 'Read(.env)', source: 'project' }))).to.equal(
      'Some reason: Read(.env) (.letta/settings.json)',
    )
    expect(denialMessage(verdict({ because }))).to.equal('Some reason.')
  })

  describe('denial_text.json', () => {
    const file = loadCases('denial_text.json') as DenialCases
    for (const { id, permission, expected } of file.cases) {
      // The matched rule of these cases is the name of a guard in Letta Code, not a rule of the user.
      it(id, () => {
        const message = denialMessage(verdict({ because: permission.reason ?? '' }))
        expect(`Permission denied: ${message}`).to.equal(expected)
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

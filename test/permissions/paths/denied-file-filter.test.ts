import { expect } from 'chai'
import { createDeniedFileFilter } from '../../../lib/permissions/paths/denied-file-filter.ts'
import { NO_RULES, type Policy } from '../../../lib/permissions/types.ts'
import { emptyFacts, IMAGINARY_BOUNDS } from '../../support/file-facts.ts'

describe('The filter for search results', () => {
  const bounds = IMAGINARY_BOUNDS
  const given = (...deny: string[]): Policy => {
    const rules = { ...NO_RULES, deny: deny.map((text) => ({ text, source: 'user' as const })) }
    return { mode: 'bypassPermissions', rules, bounds }
  }

  it('hides the files that Read rules deny, in every mode', async () => {
    const rules = given('Read(secrets/**)', 'Read(**/.env)')
    const withoutDenied = createDeniedFileFilter(rules, emptyFacts())
    const files = ['/p/a', '/p/secrets/k', '/p/.env', '/p/b/.env', '/p/.ENV']
    expect(await withoutDenied?.(files)).to.deep.equal(['/p/a'])
  })

  it('is absent without a Read deny rule', () => {
    expect(createDeniedFileFilter(given('Bash(rm:*)', 'Edit(src/**)'))).to.equal(null)
  })
})

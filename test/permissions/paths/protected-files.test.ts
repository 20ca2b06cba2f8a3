import { expect } from 'chai'
import { createDeniedFileFilter } from '../../../lib/permissions/paths/protected-files.ts'
import { NO_RULES, type Policy } from '../../../lib/permissions/types.ts'

describe('The filter for search results', () => {
  const view = { directory: '/p', home: '/h', readable: [], resolve: (path: string) => path }
  const given = (...deny: string[]): Policy => {
    const rules = { ...NO_RULES, deny: deny.map((text) => ({ text, source: 'user' as const })) }
    return { mode: 'bypassPermissions', rules, view }
  }

  it('hides the files that Read rules deny, in every mode', () => {
    const hides = createDeniedFileFilter(given('Read(secrets/**)', 'Read(**/.env)'))
    const files = ['/p/a', '/p/secrets/k', '/p/.env', '/p/b/.env', '/p/.ENV']
    expect(files.filter((file) => hides?.(file))).to.deep.equal(files.slice(1))
  })

  it('is absent without a Read deny rule', () => {
    expect(createDeniedFileFilter(given('Bash(rm:*)', 'Edit(src/**)'))).to.equal(null)
  })
})

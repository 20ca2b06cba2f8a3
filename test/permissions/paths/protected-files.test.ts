import { expect } from 'chai'
import { unreadable } from '../../../lib/permissions/paths/protected-files.ts'
import { NO_RULES, type Policy } from '../../../lib/permissions/types.ts'

describe('what a search must not show', () => {
  const ground = { directory: '/p', home: '/h', readable: [], resolve: (path: string) => path }
  const given = (...deny: string[]): Policy => {
    const rules = { ...NO_RULES, deny: deny.map((text) => ({ text, source: 'user' as const })) }
    return { mode: 'bypassPermissions', rules, ground }
  }

  it('are the files that rules forbid to read, in every mode', () => {
    const hides = unreadable(given('Read(secrets/**)', 'Read(**/.env)'))
    const files = ['/p/a', '/p/secrets/k', '/p/.env', '/p/b/.env', '/p/.ENV']
    expect(files.filter((file) => hides?.(file))).to.deep.equal(files.slice(1))
  })

  it('is nothing when no rule speaks of reading', () => {
    expect(unreadable(given('Bash(rm:*)', 'Edit(src/**)'))).to.equal(null)
  })
})

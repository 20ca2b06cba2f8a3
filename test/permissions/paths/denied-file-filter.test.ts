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
    const withoutDenied = createDeniedFileFilter(rules, 'Read', emptyFacts())
    const files = ['/p/a', '/p/secrets/k', '/p/.env', '/p/b/.env', '/p/.ENV']
    expect(await withoutDenied?.(files)).to.deep.equal(['/p/a'])
  })

  it('hides the files for which Read rules require approval, where such rules apply', async () => {
    const ask = [{ text: 'Read(.env)', source: 'user' as const }]
    const hides = async (mode: Policy['mode']): Promise<unknown> =>
      createDeniedFileFilter(
        { mode, rules: { ...NO_RULES, ask }, bounds },
        'Read',
        emptyFacts(),
      )?.(['/p/.env'])
    expect(await hides('default')).to.deep.equal([])
    expect(await hides('bypassPermissions')).to.equal(undefined)
  })

  it('hides the files that a rule denies to the tool which searches, and no other tool', async () => {
    const rules = given('Grep(secrets/**)', 'Glob(src)')
    const hidden = async (tool: string): Promise<unknown> =>
      createDeniedFileFilter(rules, tool, emptyFacts())?.(['/p/secrets/k', '/p/src/a', '/p/b'])
    expect(await hidden('Grep')).to.deep.equal(['/p/src/a', '/p/b'])
    expect(await hidden('search_file_content')).to.deep.equal(['/p/src/a', '/p/b'])
    expect(await hidden('Glob')).to.deep.equal(['/p/secrets/k', '/p/b'])
    expect(await hidden('Read')).to.equal(undefined)
  })

  it('keeps the order of more files than are resolved at once', async () => {
    const files = Array.from({ length: 1_000 }, (_, at) => `/p/${at}`)
    const withoutDenied = createDeniedFileFilter(given('Read(7)'), 'Read', emptyFacts())
    expect(await withoutDenied?.(files)).to.deep.equal(files.filter((file) => file !== '/p/7'))
  })

  it('follows links to a denied file', async () => {
    const facts = emptyFacts((file) => file.replace('/p/link', '/p/secrets/k'))
    const withoutDenied = createDeniedFileFilter(given('Read(secrets/**)'), 'Read', facts)
    expect(await withoutDenied?.(['/p/link', '/p/a'])).to.deep.equal(['/p/a'])
  })

  it('is absent without a Read deny rule', () => {
    expect(createDeniedFileFilter(given('Bash(rm:*)', 'Edit(src/**)'))).to.equal(null)
  })
})

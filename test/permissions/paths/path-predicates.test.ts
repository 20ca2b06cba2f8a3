import { expect } from 'chai'
import { isInside } from '../../../lib/fs/is-inside.ts'
import { areReadable } from '../../../lib/permissions/paths/are-readable.ts'
import { emptyFacts } from '../../support/file-facts.ts'

describe('A path', () => {
  it('is inside a directory that it is, or that contains it', () => {
    for (const file of ['/a/b', '/a/b/c', '/a/b/..c']) {
      expect(isInside(file, '/a/b'), file).to.equal(true)
    }
    for (const file of ['/a', '/a/bc', '/a/c', '/']) {
      expect(isInside(file, '/a/b'), file).to.equal(false)
    }
  })

  it('is readable inside the project, unless a link leads outside', async () => {
    const bounds = { directory: '/p', home: '/h', readable: ['/skills'] }
    const facts = emptyFacts((file) => file.replace('/p/link', '/etc'))
    expect(await areReadable(['/p/a', '/skills/b'], bounds, facts)).to.equal(true)
    expect(await areReadable(['/p/a', '/h/b'], bounds, facts)).to.equal(false)
    expect(await areReadable(['/p/link'], bounds, facts)).to.equal(false)
  })
})

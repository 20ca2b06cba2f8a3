import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { freshReadme } from '../../bin/docs.ts'
import { packageRoot } from '../../lib/fs/package-root.ts'

describe('the README', () => {
  it('has the tables that the program has: npm run docs writes them', () => {
    const readme = readFileSync(path.join(packageRoot(), 'README.md'), 'utf8')
    expect(readme).to.equal(freshReadme(readme))
  })
})

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { differenceTable } from './differences.ts'

const README = path.join(import.meta.dirname, 'README.md')

describe('The contract', () => {
  it('lists each difference from the original server in its README', () => {
    const rows = readFileSync(README, 'utf8').match(/^\| `.*$/gm) ?? []
    expect(rows.join('\n')).to.equal(differenceTable())
  })
})

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { generatedFiles } from '../../bin/dev/docs.ts'
import { packageRoot } from '../../lib/fs/package-root.ts'

describe('A page or configuration that is generated from tables of the program', () => {
  for (const [file, text] of generatedFiles()) {
    it(`is up to date: ${file} (npm run docs writes it)`, () => {
      expect(readFileSync(path.join(packageRoot(), file), 'utf8')).to.equal(text)
    })
  }
})

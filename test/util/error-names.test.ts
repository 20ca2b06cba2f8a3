import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import fastGlob from 'fast-glob'
import { packageRoot } from '../../lib/fs/package-root.ts'
import { PromptCancelledError, UsageError, UserError } from '../../lib/util/user-error.ts'

describe('Each class of errors', () => {
  it('sets its own name, because the build shortens the names of classes', () => {
    const root = packageRoot()
    const nameless = fastGlob.sync('{lib,ui,bin}/**/*.ts', { cwd: root }).flatMap((file) => {
      const text = readFileSync(path.join(root, file), 'utf8')
      const classes = text.matchAll(/class (\w+) extends \w*Error (?:\{\}|\{[\s\S]*?^\})/gm)
      return Array.from(classes, ([source, name = '']) =>
        new RegExp(`\\bname(?:: string)? = '${name}'`).test(source) ? [] : [`${file}: ${name}`],
      ).flat()
    })
    expect(nameless).to.deep.equal([])
  })

  it('keeps message, hint and cause', () => {
    const cause = new Error('ENOENT')
    const error = new UsageError('No file.', { hint: 'Name one.', cause })
    expect(error).to.be.instanceOf(UserError)
    expect(error).to.include({ name: 'UsageError', message: 'No file.', hint: 'Name one.', cause })
    expect(new PromptCancelledError('Nothing was saved.').name).to.equal('PromptCancelledError')
  })
})

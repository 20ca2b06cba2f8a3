import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { errnoCode } from '../../lib/fs/errno.ts'
import { makeDirectorySync } from '../../lib/fs/make-directory.ts'

describe('A directory for settings', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'letta-directory-'))
  })
  afterEach(() => rmSync(root, { recursive: true }))

  it('is created with those above it, and with their mode, or is there already', () => {
    const directory = path.join(root, 'one/two')
    for (const _ of ['created', 'there']) makeDirectorySync(directory, { mode: 0o700 })
    expect(statSync(directory).mode & 0o777).to.equal(0o700)
    expect(statSync(path.dirname(directory)).mode & 0o777).to.equal(0o700)
  })

  it('is refused below a file, behind a link to nothing, and in /proc', () => {
    writeFileSync(path.join(root, 'file'), '')
    symlinkSync('nothing', path.join(root, 'link'))
    expect(errorOf(path.join(root, 'file/below'))).to.equal('ENOTDIR')
    expect(errorOf(path.join(root, 'file'))).to.equal('EEXIST')
    expect(errorOf(path.join(root, 'link/below'))).to.equal('EEXIST')
    if (existsSync('/proc/self')) expect(errorOf('/proc/self/none/below')).to.equal('ENOENT')
  })
})

function errorOf(directory: string): string | undefined {
  try {
    makeDirectorySync(directory, {})
    return undefined
  } catch (thrown) {
    return errnoCode(thrown)
  }
}

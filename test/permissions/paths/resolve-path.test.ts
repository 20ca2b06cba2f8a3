import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { listDirectory, resolvePath } from '../../../lib/permissions/paths/resolve-path.ts'

describe('Resolving a path', () => {
  let directory = ''

  beforeEach(() => {
    directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'ground-')))
    mkdirSync(path.join(directory, 'a/b'), { recursive: true })
    writeFileSync(path.join(directory, 'a/b/file'), '')
    symlinkSync('a/b', path.join(directory, 'link'))
    symlinkSync('../nowhere/x', path.join(directory, 'dangling'))
    symlinkSync('loop', path.join(directory, 'loop'))
  })

  afterEach(() => rmSync(directory, { recursive: true }))

  it('follows links, also of a directory on the way to a missing file', () => {
    expect(resolvePath(`${directory}/link/file`)).to.equal(`${directory}/a/b/file`)
    expect(resolvePath(`${directory}/link/new/file`)).to.equal(`${directory}/a/b/new/file`)
  })

  it('applies `..` after following a link, as the kernel does', () => {
    expect(resolvePath(`${directory}/link/../x`)).to.equal(`${directory}/a/x`)
  })

  it('follows a dangling link to the file that it would create', () => {
    expect(resolvePath(`${directory}/dangling`)).to.equal(path.join(directory, '../nowhere/x'))
  })

  it('handles link loops, files used as directories, NUL and very long names', () => {
    expect(resolvePath(`${directory}/loop`)).to.equal(`${directory}/loop`)
    expect(resolvePath(`${directory}/a/b/file/x`)).to.equal(`${directory}/a/b/file/x`)
    expect(resolvePath(`${directory}/a\0b`)).to.equal(`${directory}/a\0b`)
    expect(resolvePath(`/${'x/'.repeat(100_000)}`)).to.have.length.greaterThan(1_000)
  })

  it('lists no names where there is no directory', () => {
    expect(listDirectory(`${directory}/a`)).to.deep.equal(['b'])
    expect(listDirectory(`${directory}/none`)).to.deep.equal([])
  })
})

import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { listFolder, resolvePath } from '../../../lib/permissions/paths/resolve-path.ts'

describe('where a path leads', () => {
  let folder = ''

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'ground-')))
    mkdirSync(path.join(folder, 'a/b'), { recursive: true })
    writeFileSync(path.join(folder, 'a/b/file'), '')
    symlinkSync('a/b', path.join(folder, 'link'))
    symlinkSync('../nowhere/x', path.join(folder, 'dangling'))
    symlinkSync('loop', path.join(folder, 'loop'))
  })

  afterEach(() => rmSync(folder, { recursive: true }))

  it('follows links, also of a folder on the way to what does not exist', () => {
    expect(resolvePath(`${folder}/link/file`)).to.equal(`${folder}/a/b/file`)
    expect(resolvePath(`${folder}/link/new/file`)).to.equal(`${folder}/a/b/new/file`)
  })

  it('goes up from where a link leads, as the kernel does', () => {
    expect(resolvePath(`${folder}/link/../x`)).to.equal(`${folder}/a/x`)
  })

  it('takes a link to nowhere for the place that it would create', () => {
    expect(resolvePath(`${folder}/dangling`)).to.equal(path.join(folder, '../nowhere/x'))
  })

  it('answers for loops, files used as folders, NUL and endless names', () => {
    expect(resolvePath(`${folder}/loop`)).to.equal(`${folder}/loop`)
    expect(resolvePath(`${folder}/a/b/file/x`)).to.equal(`${folder}/a/b/file/x`)
    expect(resolvePath(`${folder}/a\0b`)).to.equal(`${folder}/a\0b`)
    expect(resolvePath(`/${'x/'.repeat(100_000)}`)).to.have.length.greaterThan(1_000)
  })

  it('lists nothing where there is no folder', () => {
    expect(listFolder(`${folder}/a`)).to.deep.equal(['b'])
    expect(listFolder(`${folder}/none`)).to.deep.equal([])
  })
})

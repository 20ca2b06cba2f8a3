import { createHook } from 'node:async_hooks'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { resolvePath, resolvePathSync, resolveTarget } from '../../lib/fs/resolve-path.ts'

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

  it('follows links, also of a directory on the way to a missing file', async () => {
    expect(await resolvePath(`${directory}/link/file`)).to.equal(`${directory}/a/b/file`)
    expect(await resolvePath(`${directory}/link/new/file`)).to.equal(`${directory}/a/b/new/file`)
  })

  it('applies `..` after following a link, as the kernel does', async () => {
    expect(await resolvePath(`${directory}/link/../x`)).to.equal(`${directory}/a/x`)
  })

  it('follows a dangling link to the file that it would create', async () => {
    expect(await resolvePath(`${directory}/dangling`)).to.equal(
      path.join(directory, '../nowhere/x'),
    )
  })

  it('handles link loops, files used as directories, NUL and very long names', async () => {
    expect(await resolvePath(`${directory}/loop`)).to.equal(`${directory}/loop`)
    expect(await resolvePath(`${directory}/a/b/file/x`)).to.equal(`${directory}/a/b/file/x`)
    expect(await resolvePath(`${directory}/a\0b`)).to.equal(`${directory}/a\0b`)
    expect(await resolvePath(`/${'x/'.repeat(100_000)}`)).to.have.length.greaterThan(1_000)
  })

  it('follows a dangling link with an absolute target', async () => {
    symlinkSync('/nowhere/at/all', path.join(directory, 'absolute'))
    expect(await resolvePath(`${directory}/absolute/x`)).to.equal('/nowhere/at/all/x')
  })

  it('names a dangling link on the way, and none otherwise', async () => {
    const dangling = `${directory}/dangling`
    expect((await resolveTarget(`${dangling}/y`)).danglingLink).to.equal(dangling)
    expect((await resolveTarget(`${directory}/link/missing`)).danglingLink).to.equal(null)
  })

  it('follows the links before thousands of missing names', async () => {
    const missing = 'x/'.repeat(1_500)
    for (const [start, end] of [
      ['link', 'a/b'],
      ['dangling', '../nowhere/x'],
      ['a/b/file', 'a/b/file'],
      ['loop', 'loop'],
      ['link/..', 'a'],
    ]) {
      const resolved = path.join(directory, end ?? '', missing).replace(/\/$/, '')
      expect(await resolvePath(`${directory}/${start}/${missing}`)).to.equal(resolved)
      expect(resolvePathSync(`${directory}/${start}/${missing}`)).to.equal(resolved)
    }
  })

  it('asks the system only a few times about a path with thousands of missing names', async () => {
    let count = 0
    const hook = createHook({
      init: (_, type) => {
        if (type === 'FSREQPROMISE') count++
      },
    })
    hook.enable()
    await resolvePath(`${directory}/${'x/'.repeat(1_500)}`)
    hook.disable()
    expect(count).to.be.within(10, 40)
  })

  it('gives the same path when the program starts', async () => {
    for (const name of ['link/file', 'link/new/file', 'link/../x', 'dangling', 'loop', 'a\0b']) {
      const file = `${directory}/${name}`
      expect(resolvePathSync(file), name).to.equal(await resolvePath(file))
    }
  })
})

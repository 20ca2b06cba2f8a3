import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path, { delimiter } from 'node:path'
import { expect } from 'chai'
import { placesOf, shimDirectories } from '../../../lib/tools/process/search-variables.ts'

describe('The search path', () => {
  it('has the directories in which version managers replace programs', () => {
    const shims = ['/h/.asdf/shims', '/h/.volta/bin', '/h/.pyenv/shims/']
    const others = ['/usr/bin', '', './shims', '/h/.cargo/bin']
    expect(shimDirectories([...others, ...shims].join(delimiter))).to.deep.equal(shims)
    expect(shimDirectories(undefined)).to.deep.equal([])
  })

  it('has a grep that follows links where it is that of BusyBox', () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'ground-'))
    try {
      expect(placesOf({ PATH: directory }).grepFollowsLinks).to.equal(placesOf({}).grepFollowsLinks)
      writeFileSync(path.join(directory, 'busybox'), '')
      symlinkSync('busybox', path.join(directory, 'grep'))
      expect(placesOf({ PATH: directory }).grepFollowsLinks).to.equal(true)
      expect(placesOf({ PATH: path.relative('.', directory) }).grepFollowsLinks).to.equal(
        placesOf({}).grepFollowsLinks,
      )
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})

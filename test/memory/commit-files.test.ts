import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { commitFiles } from '../../lib/memory/commit-files.ts'
import { commitDuringOperation, commitRunsPrograms } from '../../lib/memory/messages.ts'
import { sideEffects } from '../../lib/permissions/messages.ts'
import { temporaryDirectory } from '../support/letta-server.ts'

describe('The commit of memory files', () => {
  let place: Awaited<ReturnType<typeof temporaryDirectory>>
  const at = (name: string): string => path.join(place.directory, name)
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { cwd: place.directory, encoding: 'utf8' })
  beforeEach(async () => {
    place = await temporaryDirectory()
    git('init', '--quiet')
    writeFileSync(at('human.md'), 'Name: Ada')
  })
  afterEach(() => place.remove())

  it('is not made in a repository whose configuration runs a program, which is named', async () => {
    writeFileSync(at('.gitattributes'), '*.md filter=x\n')
    git('config', 'filter.x.clean', `touch ${at('RAN')}; cat`)
    expect(await commitFiles(place.directory, ['human.md'], 'memory: human')).to.deep.equal({
      type: 'failed',
      reason: commitRunsPrograms(sideEffects.runsGitSetting('filter.x.clean')),
    })
    expect(existsSync(at('RAN'))).to.equal(false)
    git('config', '--unset', 'filter.x.clean')
    const { type } = await commitFiles(place.directory, ['human.md'], 'memory: human')
    expect(type).to.equal('committed')
  })

  it('is not made in a repository that takes objects from another one', async () => {
    writeFileSync(at('.git/objects/info/alternates'), '/elsewhere/objects\n')
    expect(await commitFiles(place.directory, ['human.md'], 'memory: human')).to.deep.equal({
      type: 'failed',
      reason: commitRunsPrograms(sideEffects.gitReadsOutside('alternates')),
    })
  })

  it('is not made while a rebase or a merge waits for the person', async () => {
    const commit = (text: string): string => {
      writeFileSync(at('human.md'), text)
      git('add', '.')
      return git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '-m', text)
    }
    commit('Name: Ada')
    git('checkout', '--quiet', '-b', 'other')
    commit('Name: Ada L.')
    git('checkout', '--quiet', '-')
    commit('Name: A. L.')
    expect(() => git('-c', 'user.name=a', '-c', 'user.email=a@b', 'merge', 'other')).to.throw()
    writeFileSync(at('project.md'), 'A project')
    const before = git('status', '--porcelain')
    expect(await commitFiles(place.directory, ['human.md', 'project.md'], 'memory')).to.deep.equal({
      type: 'failed',
      reason: commitDuringOperation('merge'),
      during: 'merge',
    })
    expect(git('status', '--porcelain')).to.equal(before)
    git('merge', '--abort')
    const { type } = await commitFiles(place.directory, ['project.md'], 'memory: project')
    expect(type).to.equal('committed')
  })

  it('is made in the repository of its directory, whichever a variable names', async () => {
    const other = await temporaryDirectory()
    const before = { ...process.env }
    execFileSync('git', ['init', '--quiet'], { cwd: other.directory })
    try {
      process.env['GIT_DIR'] = path.join(other.directory, '.git')
      process.env['PATH'] = `.:${before['PATH']}`
      writeFileSync(at('git'), `#!/bin/sh\ntouch ${at('RAN')}\n`, { mode: 0o755 })
      const { type } = await commitFiles(place.directory, ['human.md'], 'memory: human')
      expect(type).to.equal('committed')
    } finally {
      process.env['PATH'] = before['PATH']
      delete process.env['GIT_DIR']
      await other.remove()
    }
    expect(git('log', '--format=%s').trim()).to.equal('memory: human')
    expect(existsSync(at('RAN'))).to.equal(false)
  })
})

import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { runInRepository } from '../../../lib/permissions/git/run-in-repository.ts'
import { sideEffects } from '../../../lib/permissions/messages.ts'
import { countChanged } from '../../../lib/session/git-status.ts'
import { createProjectDirectory, type ProjectDirectory } from '../../support/project-directory.ts'

describe('Git that the program runs in a repository', () => {
  let directory: ProjectDirectory
  let project: string
  let canary: string

  beforeEach(() => {
    directory = createProjectDirectory(['a.txt'])
    project = directory.project
    canary = path.join(directory.home, 'canary')
    git('init', '--quiet')
    writeFileSync(path.join(project, '.gitattributes'), '*.txt filter=x\n')
    git('add', '.')
    git('commit', '--quiet', '--message', 'one')
    const evil = path.join(directory.home, 'evil')
    writeFileSync(evil, `#!/bin/sh\ntouch ${canary}\ncat\n`)
    chmodSync(evil, 0o755)
    // Git reads a file whose time differs from that in its index.
    utimesSync(path.join(project, 'a.txt'), 1, 1)
  })

  afterEach(() => directory.remove())

  function git(...args: readonly string[]): void {
    const who = ['-c', 'user.name=a', '-c', 'user.email=a@b']
    execFileSync('git', [...who, ...args], { cwd: project, stdio: 'ignore' })
  }

  const attack = (): void => git('config', 'filter.x.clean', path.join(directory.home, 'evil'))

  it('answers where the settings run nothing', async () => {
    writeFileSync(path.join(project, 'b.txt'), 'new\n')
    expect(await countChanged(project)).to.equal(1)
    git('config', 'filter.lfs.clean', 'git-lfs clean -- %f')
    expect(await countChanged(project)).to.equal(1)
    git('config', 'merge.x.driver', './merges-only')
    expect((await runInRepository(project, ['status', '--porcelain'])).ok).to.equal(true)
  })

  it('is not started where git itself lists a setting that names a program', async () => {
    attack()
    const result = await runInRepository(project, ['status', '--porcelain'])
    expect(result).to.deep.equal({
      ok: false,
      reason: sideEffects.runsGitSetting('filter.x.clean'),
    })
    expect(existsSync(canary)).to.equal(false)
    git('status', '--porcelain')
    expect(existsSync(canary), 'the program would run').to.equal(true)
  })

  it('counts no changes where a pointer leads to such a repository', async () => {
    attack()
    renameSync(path.join(project, '.git'), path.join(project, 'h '))
    mkdirSync(path.join(project, 'h'))
    for (const name of ['objects', 'refs']) mkdirSync(path.join(project, 'h', name))
    writeFileSync(path.join(project, 'h/HEAD'), 'ref: refs/heads/main\n')
    for (const name of ['h', 'h ']) writeFileSync(path.join(project, name, 'gitdir'), '../.git\n')
    writeFileSync(path.join(project, '.git'), 'gitdir: h \n')
    expect(await countChanged(project)).to.equal(null)
    expect(existsSync(canary)).to.equal(false)
  })
})

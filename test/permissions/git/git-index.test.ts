import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { listNestedRepositories, listTrackedFiles } from '../../../lib/permissions/git/git-index.ts'
import { createProjectDirectory, type ProjectDirectory } from '../../support/project-directory.ts'

describe('The index of a git repository', () => {
  let directory: ProjectDirectory
  let repository: string

  beforeEach(() => {
    directory = createProjectDirectory()
    repository = path.join(directory.project, 'repository')
    mkdirSync(repository)
    git('init', '--quiet')
  })

  afterEach(() => directory.remove())

  function git(...args: readonly string[]): void {
    const identity = ['-c', 'user.name=a', '-c', 'user.email=a@b']
    execFileSync('git', [...identity, ...args], { cwd: repository, stdio: 'ignore' })
  }

  const write = (name: string): void => writeFileSync(path.join(repository, name), '')

  async function listNames(): Promise<readonly string[]> {
    const tracked = await listTrackedFiles(repository)
    return tracked.type === 'files' ? tracked.paths.map((file) => path.basename(file)) : []
  }

  it('is read for names of every length', async () => {
    const names = Array.from({ length: 20 }, (_, length) => `${'a'.repeat(length)}z`)
    for (const name of names) write(name)
    git('add', '.')
    expect(await listNames()).to.have.members(names)
  })

  it('is read in format version 3, which has longer entries', async () => {
    for (const name of ['a', 'b', 'c']) write(name)
    git('add', 'b', 'c')
    git('add', '--intent-to-add', 'a')
    expect(await listNames()).to.deep.equal(['a', 'b', 'c'])
  })

  it('is asked of git in the formats that only git reads', async () => {
    for (const name of ['a', 'b', 'c']) write(name)
    git('add', '.')
    git('update-index', '--index-version', '4')
    expect(await listNames()).to.deep.equal(['a', 'b', 'c'])
    git('update-index', '--index-version', '2', '--split-index')
    write('d')
    git('add', 'd')
    expect(await listNames()).to.have.members(['a', 'b', 'c', 'd'])
  })

  it('lists no files before the first is added, and none outside of a repository', async () => {
    expect(await listTrackedFiles(repository)).to.deep.equal({ type: 'files', paths: [] })
    expect(await listTrackedFiles('/')).to.deep.equal({ type: 'noRepository' })
  })

  it('is unknown when it is damaged, or when the repository is bare', async () => {
    writeFileSync(path.join(repository, '.git/index'), 'DIRC, and something else')
    expect(await listTrackedFiles(repository)).to.deep.equal({ type: 'unknown' })
    expect(await listTrackedFiles(path.join(repository, '.git/objects'))).to.deep.equal({
      type: 'unknown',
    })
  })

  it('names nested repositories', async () => {
    mkdirSync(path.join(repository, 'nested'))
    execFileSync('git', ['init', '--quiet', 'nested'], { cwd: repository })
    git('-C', 'nested', 'commit', '--quiet', '--allow-empty', '--message', 'one')
    write('file')
    git('-c', 'advice.addEmbeddedRepo=false', 'add', '.')
    const gitDirectory = path.join(repository, '.git')
    const at = { gitDirectory, commonDirectory: gitDirectory, worktree: repository }
    expect(await listNestedRepositories(at)).to.deep.equal(['nested'])
    git('update-index', '--index-version', '4')
    expect(await listNestedRepositories(at)).to.deep.equal(['nested'])
  })
})

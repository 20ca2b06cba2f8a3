import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
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

  it('is unknown when it has a name that is not UTF-8', async () => {
    write('a')
    const name = Buffer.concat([Buffer.from(`${repository}/l`), Buffer.from([0xff])])
    symlinkSync(path.join(directory.home, 'outside'), name)
    git('add', '.')
    expect(await listTrackedFiles(repository)).to.deep.equal({ type: 'unknown' })
  })

  describe('with a nested repository', () => {
    const listNested = (): Promise<readonly string[] | null> => {
      const gitDirectory = path.join(repository, '.git')
      return listNestedRepositories({
        gitDirectory,
        commonDirectory: gitDirectory,
        worktree: repository,
      })
    }

    function nest(name: string | Buffer, ...options: readonly string[]): void {
      const at = Buffer.concat([Buffer.from(`${repository}/`), Buffer.from(name)])
      execFileSync('git', ['init', '--quiet', ...options, 'new'], { cwd: repository })
      git('-C', 'new', 'commit', '--quiet', '--allow-empty', '--message', 'one')
      renameSync(path.join(repository, 'new'), at)
      write('file')
      git('-c', 'advice.addEmbeddedRepo=false', 'add', '.')
    }

    it('names it in every format', async () => {
      nest('nested')
      expect(await listNested()).to.deep.equal(['nested'])
      git('update-index', '--index-version', '4')
      expect(await listNested()).to.deep.equal(['nested'])
      git('update-index', '--index-version', '2', '--split-index')
      expect(await listNested()).to.deep.equal(['nested'])
    })

    it('names it when its objects have longer names', async () => {
      rmSync(path.join(repository, '.git'), { recursive: true })
      git('init', '--quiet', '--object-format=sha256')
      nest('nested', '--object-format=sha256')
      expect(await listNested()).to.deep.equal(['nested'])
    })

    it('names it by the bits of its mode that git compares', async () => {
      nest('nested')
      const file = path.join(repository, '.git/index')
      const index = readFileSync(file)
      // The mode 160644.
      index[index.indexOf(Buffer.from([0, 0, 0xe0, 0])) + 3] = 0xa4
      index[index.indexOf(Buffer.from([0, 0, 0xe0, 0xa4])) + 2] = 0xe1
      writeFileSync(file, index)
      expect(await listNested()).to.deep.equal(['nested'])
    })

    it('cannot be read when it has a name that is not UTF-8', async () => {
      nest(Buffer.from([0x6e, 0xff]))
      expect(await listNested()).to.equal(null)
    })
  })
})

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { guessGitDirectory } from '../../../lib/permissions/git/git-repository.ts'

describe('The repository whose branch is shown', () => {
  let directory = ''
  before(() => {
    directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'letta-')))
  })
  after(() => rmSync(directory, { recursive: true }))
  const init = (name: string, ...options: readonly string[]): string => {
    const place = path.join(directory, name)
    execFileSync('git', ['init', '-q', ...options, place])
    return place
  }

  it('is the one that contains the target of a link', async () => {
    const worktree = init('project')
    mkdirSync(path.join(worktree, 'src'))
    symlinkSync(path.join(worktree, 'src'), path.join(directory, 'link'))
    const gitDirectory = path.join(worktree, '.git')
    expect(await guessGitDirectory(path.join(directory, 'link'))).to.deep.equal({
      gitDirectory,
      worktree,
    })
  })

  it('has no worktree when it is bare', async () => {
    const gitDirectory = init('bare', '--bare')
    expect(await guessGitDirectory(path.join(gitDirectory, 'refs'))).to.deep.equal({
      gitDirectory,
      worktree: null,
    })
  })
})

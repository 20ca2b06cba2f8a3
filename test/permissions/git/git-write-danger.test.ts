import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { decide } from '../../../lib/permissions/decide.ts'
import { sideEffects } from '../../../lib/permissions/messages.ts'
import { NO_RULES, type Verdict } from '../../../lib/permissions/types.ts'
import { requestFor } from '../../support/permission-requests.ts'
import { createProjectDirectory, type ProjectDirectory } from '../../support/project-directory.ts'

describe('A rule for git, in a directory that is not trusted', () => {
  let directory: ProjectDirectory

  beforeEach(() => {
    directory = createProjectDirectory()
    run('init', '-q', '--template=', '.')
  })

  afterEach(() => directory.remove())

  function run(...args: readonly string[]): void {
    const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' }
    execFileSync('git', args, { cwd: directory.project, env })
  }

  function write(file: string, text: string): void {
    const at = path.join(directory.project, file)
    mkdirSync(path.dirname(at), { recursive: true })
    writeFileSync(at, text)
  }

  function judge(command: string): Promise<Verdict> {
    const { project, home, bounds } = directory
    const rules = { ...NO_RULES, allow: [{ text: 'Bash(git:*)', source: 'user' as const }] }
    return decide(
      { mode: 'default', rules, bounds },
      requestFor('Bash', { command }, project, home),
    )
  }

  async function expectAsked(command: string, name: string): Promise<void> {
    const { decision, because } = await judge(command)
    expect([decision, because], command).to.deep.equal(['ask', sideEffects.runsGitSetting(name)])
  }

  it('sends nothing to a repository of this machine whose hooks or settings would run', async () => {
    run('init', '-q', '--bare', '--template=', 'inner.git')
    run('init', '-q', '--template=', 'nested')
    run('remote', 'add', 'near', './inner.git')
    const lines = [
      'git push ./inner.git HEAD',
      'git push inner HEAD',
      `git push ${directory.project}/inner.git`,
      `git push file://${directory.project}/inner.git`,
      'git push near HEAD',
      'cd src && git push ../inner.git HEAD',
      'git archive --remote=./inner.git HEAD',
      'git remote add x ./inner.git && git push x',
    ]
    for (const line of lines) expect((await judge(line)).decision, line).to.equal('allow')
    write('inner.git/hooks/post-receive', '')
    for (const line of lines) await expectAsked(line, 'post-receive')
    run('remote', 'remove', 'near')
    expect((await judge('git push origin HEAD')).decision).to.equal('allow')
    expect((await judge('x=inner.git; git push "./$x" HEAD')).decision).to.equal('ask')
    write('nested/.git/hooks/post-receive', '')
    await expectAsked('git push nested HEAD', 'post-receive')
    run('config', 'branch.main.remote', './inner.git')
    await expectAsked('git push', 'post-receive')
  })

  it('shows no difference of a repository that only a fetched commit names', async () => {
    for (const line of ['git diff --submodule=log HEAD', 'git log -p --submodule HEAD'])
      expect((await judge(line)).decision, line).to.equal('allow')
    const ranges = [
      'diff --submodule=diff HEAD',
      'log -p --submod=diff',
      '-c diff.submodule=diff diff',
    ]
    for (const line of ranges) expect((await judge(`git ${line}`)).decision, line).to.equal('ask')
  })

  it('continues no rebase whose list contains programs', async () => {
    write('.git/rebase-merge/git-rebase-todo', 'pick 1234567 First exec\n')
    expect((await judge('git rebase --continue')).decision).to.equal('allow')
    for (const list of ['pick 1234567 First\nexec ./evil\n', '\tx ./evil\n']) {
      write('.git/rebase-merge/git-rebase-todo', list)
      await expectAsked('git rebase --continue', 'rebase-merge/git-rebase-todo')
      expect((await judge('git status')).decision).to.equal('allow')
    }
  })

  it('fills no directory of hooks by a checkout', async () => {
    run('config', 'core.hooksPath', '.git/hooks')
    expect((await judge('git checkout topic')).decision).to.equal('allow')
    run('config', 'core.hooksPath', '.husky')
    await expectAsked('git checkout topic', 'core.hookspath')
    expect((await judge('git status')).decision).to.equal('allow')
  })

  it('enters no repository below whose hooks or settings would run', async () => {
    run('init', '-q', '--template=', 'nested')
    const commit = '1234567890123456789012345678901234567890'
    run('update-index', '--add', '--cacheinfo', `160000,${commit},nested`)
    expect((await judge('git fetch')).decision).to.equal('allow')
    write('nested/.git/hooks/post-checkout', '')
    await expectAsked('git fetch', 'post-checkout')
    run('rm', '-q', '-f', '--cached', 'nested')
    expect((await judge('git submodule update')).decision).to.equal('allow')
    write('.git/modules/sub/config', '[core]\n\tsshCommand = ./evil\n')
    await expectAsked('git submodule update', 'core.sshcommand')
  })

  it('obeys no setting that writes elsewhere, or makes git run or believe something', async () => {
    for (const [name, value] of SETTINGS) {
      run('config', name, value)
      await expectAsked('git commit -m x', name.toLowerCase())
      run('config', '--unset', name)
    }
    run('config', 'http.postBuffer', '1000')
    run('config', 'rebase.autoStash', 'true')
    expect((await judge('git pull --rebase')).decision).to.equal('allow')
  })
})

const SETTINGS: readonly (readonly [name: string, value: string])[] = [
  ['rebase.instructionFormat', '%s%nexec ./evil'],
  ['format.outputDirectory', '/outside'],
  ['format.signatureFile', '/outside/file'],
  ['commit.template', '/outside/file'],
  ['init.templateDir', 'template'],
  ['http.cookieFile', '/outside/file'],
  ['http.saveCookies', 'true'],
  ['http.https://example.com.proxy', 'http://localhost'],
  ['http.sslVerify', 'false'],
  ['remote.origin.proxy', 'http://localhost'],
  ['protocol.ext.allow', 'always'],
  ['fetch.fsck.skipList', '/outside/file'],
]

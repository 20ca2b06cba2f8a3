import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { decide } from '../../../lib/permissions/decide.ts'
import { sideEffects } from '../../../lib/permissions/messages.ts'
import { NO_RULES, type PermissionRule, type Verdict } from '../../../lib/permissions/types.ts'
import { requestFor } from '../../support/permission-requests.ts'
import { createProjectDirectory, type ProjectDirectory } from '../../support/project-directory.ts'

describe("A repository's own configuration", () => {
  let directory: ProjectDirectory

  beforeEach(() => {
    directory = createProjectDirectory()
    configure('.git', ORDINARY)
  })

  afterEach(() => directory.remove())

  function configure(gitDirectory: string, config: string): void {
    const at = path.join(directory.project, gitDirectory)
    for (const part of ['objects', 'refs']) mkdirSync(path.join(at, part), { recursive: true })
    writeFileSync(path.join(at, 'HEAD'), 'ref: refs/heads/main\n')
    writeFileSync(path.join(at, 'config'), config)
  }

  function judge(command: string, allow: readonly PermissionRule[] = []): Promise<Verdict> {
    const { project, home, bounds } = directory
    const policy = { mode: 'default', rules: { ...NO_RULES, allow }, bounds } as const
    return decide(policy, requestFor('Bash', { command }, project, home))
  }

  it('of the usual kind lets git read without approval', async () => {
    expect((await judge('git status && git diff && git log -p')).decision).to.equal('allow')
  })

  it('that makes a reading git run a program requires approval and is named', async () => {
    const wrong: string[] = []
    for (const [name, config] of EXECUTABLE_SETTINGS) {
      configure('.git', `${ORDINARY}${config}\n`)
      const { decision, because } = await judge('git diff')
      if (decision !== 'ask' || because !== sideEffects.runsGitSetting(name)) wrong.push(config)
    }
    expect(wrong).to.deep.equal([])
  })

  it('asks despite a rule for a git that writes or connects where it names a program, an alias or a hook', async () => {
    const decideLine = async (line: string): Promise<string> => {
      const texts = ['Bash(git commit:*)', 'Bash(git fetch:*)', 'Bash(git st:*)']
      return (
        await judge(
          line,
          texts.map((text) => ({ text, source: 'user' })),
        )
      ).decision
    }
    configure('.git', '[remote "origin"]\n\turl = x\n')
    for (const line of ['git commit -m x', 'git fetch origin', 'git st'])
      expect(await decideLine(line), line).to.equal('allow')
    for (const config of [
      '[alias]\n\tst = !./evil',
      '[core]\n\tsshCommand = ./evil',
      '[remote "origin"]\n\tuploadpack = ./evil',
      '[credential]\n\thelper = ./evil',
    ]) {
      configure('.git', `${config}\n`)
      for (const line of ['git commit -m x', 'git fetch origin', 'git st'])
        expect(await decideLine(line), config).to.equal('ask')
    }
    configure('.git', '')
    mkdirSync(path.join(directory.project, '.git/hooks'))
    writeFileSync(path.join(directory.project, '.git/hooks/pre-commit.sample'), '')
    expect(await decideLine('git commit -m x')).to.equal('allow')
    writeFileSync(path.join(directory.project, '.git/hooks/pre-commit'), '')
    expect(await decideLine('git commit -m x')).to.equal('ask')
  })

  it('is not the only reason to ask: git finds attributes and names of people through links', async () => {
    const at = (name: string): string => path.join(directory.project, name)
    const outside = path.join(directory.project, '../outside-attributes')
    const git = (...args: readonly string[]): void => {
      execFileSync('git', args, { cwd: directory.project, stdio: 'ignore' })
    }
    rmSync(at('.git'), { recursive: true })
    git('init', '-q')
    mkdirSync(at('dir'))
    mkdirSync(outside)
    writeFileSync(at('dir/file'), '')
    writeFileSync(path.join(outside, '.gitattributes'), 'text [SECRET')
    git('add', 'dir')
    const attributes = path.join(outside, '.gitattributes')
    for (const name of ['.gitattributes', 'dir/.gitattributes', 'dir/.gitignore', '.mailmap']) {
      expect((await judge('git diff')).decision).to.equal('allow')
      symlinkSync(attributes, at(name))
      expect(await judge('git diff')).to.include({
        decision: 'ask',
        because: sideEffects.gitReadsOutside(name),
      })
      rmSync(at(name))
    }
    symlinkSync('dir', at('inside'))
    git('add', 'inside')
    expect((await judge('git log -p')).decision).to.equal('allow')
    symlinkSync(outside, at('link'))
    git('add', 'link')
    expect((await judge('git log -p')).because).to.equal(sideEffects.gitReadsOutside('link'))
    git('rm', '-q', '-f', 'link')
    rmSync(at('dir'), { recursive: true })
    symlinkSync(outside, at('dir'))
    expect((await judge('git diff')).because).to.equal(
      sideEffects.gitReadsOutside('dir/.gitattributes'),
    )
  })

  it('is also read from the configuration of the worktree', async () => {
    writeFileSync(path.join(directory.project, '.git/config.worktree'), '[diff]\n external = x\n')
    expect((await judge('git diff')).because).to.equal(sideEffects.runsGitSetting('diff.external'))
  })

  it('requires approval when git cannot read it', async () => {
    configure('.git', `${ORDINARY}[diff]\n\texternal \\\n = ./evil\n`)
    expect((await judge('git diff')).because).to.equal(sideEffects.gitRefuses)
  })

  it('requires approval when it is too large to read', async () => {
    configure('.git', `${ORDINARY}${'# a comment\n'.repeat(30_000)}`)
    expect((await judge('git diff')).decision).to.equal('ask')
  })

  it('counts in spite of a rule for git, unless the directory is trusted or the rule is this line', async () => {
    const { project, home, bounds } = directory
    configure('.git', '[diff]\n external = ./evil\n')
    const because = sideEffects.runsGitSetting('diff.external')
    for (const text of ['Bash(git diff:*)', 'Bash(git diff)', 'Bash(git:*)']) {
      expect((await judge('git diff', [{ text, source: 'user' }])).because, text).to.equal(because)
      for (const source of ['local', 'session', 'flag'] as const) {
        // A rule with exactly this line, for this directory, was made by somebody who has read what it runs.
        const decision = text === 'Bash(git diff)' ? 'allow' : 'ask'
        expect((await judge('git diff', [{ text, source }])).decision, source).to.equal(decision)
      }
      const allow = [{ text, source: 'user' as const }]
      const trusted = { ...bounds, isTrusted: true }
      const policy = { mode: 'default', rules: { ...NO_RULES, allow }, bounds: trusted } as const
      const request = requestFor('Bash', { command: 'git diff' }, project, home)
      expect((await decide(policy, request)).decision, text).to.equal('allow')
    }
    const rule = [{ text: 'Bash(git status:*)', source: 'user' as const }]
    for (const line of ['git -C src status', 'cd src && git status', 'timeout 5 git status'])
      expect((await judge(line, rule)).because, line).to.equal(because)
    const wrapped = [{ text: 'Bash(timeout 5 git:*)', source: 'flag' as const }]
    expect((await judge('timeout 5 git diff', wrapped)).because).to.equal(because)
    configure('.git', '')
    const broad = ['git', 'find', 'ssh'].map((name) => ({
      text: `Bash(${name}:*)`,
      source: 'flag' as const,
    }))
    // In which repository that is, is not known.
    for (const line of [
      'git submodule foreach git commit -m x',
      'find src -execdir git commit \\;',
    ])
      expect((await judge(line, broad)).decision, line).to.equal('ask')
    for (const line of ['git commit -m x', 'ssh host git pull'])
      expect((await judge(line, broad)).decision, line).to.equal('allow')
    expect((await judge('ls -la')).decision).to.equal('allow')
  })

  it('is found from subdirectories, through a .git file, and in submodules', async () => {
    const evil = '[diff "x"]\n\ttextconv = ./evil\n'
    configure('.git/modules/lib/sub', evil)
    expect((await judge('git status')).decision, 'submodule').to.equal('ask')
    rmSync(path.join(directory.project, '.git'), { recursive: true })
    configure('build/hidden', evil)
    expect((await judge('git -C build/hidden log')).decision, 'bare').to.equal('ask')
    expect((await judge('cd build/hidden && git log')).decision, 'bare').to.equal('ask')
    writeFileSync(path.join(directory.project, '.git'), 'gitdir: build/hidden\n')
    expect((await judge('git log')).decision, 'pointer').to.equal('ask')
    expect((await judge('cd src && git log')).decision, 'below').to.equal('ask')
  })

  it('is found where a link leads, as git finds it', async () => {
    configure('vendor/.git', '[filter "x"]\n\tclean = ./evil\n')
    mkdirSync(path.join(directory.project, 'vendor/src'))
    symlinkSync('vendor/src', path.join(directory.project, 'deep'))
    for (const line of ['git -C deep status', 'git -C src/../deep diff', 'cd deep && git diff'])
      expect((await judge(line)).decision, line).to.equal('ask')
    symlinkSync('src', path.join(directory.project, 'near'))
    expect((await judge('git -C near status')).decision).to.equal('allow')
  })

  it('is checked in nested repositories', async () => {
    const git = (at: string, ...args: readonly string[]): void => {
      const who = ['-c', 'user.name=a', '-c', 'user.email=a@b']
      const cwd = path.join(directory.project, at)
      execFileSync('git', [...who, ...args], { cwd, stdio: 'ignore' })
    }
    rmSync(path.join(directory.project, '.git'), { recursive: true })
    git('.', 'init', '-q')
    git('build', 'init', '-q')
    git('build', 'commit', '-q', '--allow-empty', '-m', 'one')
    git('.', '-c', 'advice.addEmbeddedRepo=false', 'add', '.')
    expect((await judge('git status')).decision).to.equal('allow')
    git('build', 'config', 'filter.x.clean', './evil')
    expect((await judge('git status')).because).to.equal(
      sideEffects.runsGitSetting('filter.x.clean'),
    )
  })

  it('requires approval when repositories are nested too deeply to check', async () => {
    const git = (at: string, ...args: readonly string[]): void => {
      const who = [
        '-c',
        'user.name=a',
        '-c',
        'user.email=a@b',
        '-c',
        'advice.addEmbeddedRepo=false',
      ]
      execFileSync('git', [...who, ...args], { cwd: at, stdio: 'ignore' })
    }
    const deepest = path.join(directory.project, ...Array.from({ length: 8 }, () => 's'))
    mkdirSync(deepest, { recursive: true })
    rmSync(path.join(directory.project, '.git'), { recursive: true })
    for (let at = deepest; at !== path.dirname(directory.project); at = path.dirname(at)) {
      git(at, 'init', '-q')
      git(at, 'commit', '-q', '--allow-empty', '-m', 'one')
      if (at !== deepest) git(at, 'add', 's')
    }
    git(deepest, 'config', 'filter.x.clean', './evil')
    expect((await judge('git status')).because).to.equal(sideEffects.gitReadsOutside('index'))
  })

  it('can define hooks, except the one that a reading git runs', async () => {
    const hook = (place: string): void => {
      mkdirSync(path.join(directory.project, place), { recursive: true })
      writeFileSync(path.join(directory.project, place, 'post-index-change'), '')
    }
    configure('.git', '[core]\n')
    hook('.hooks')
    expect((await judge('git status')).decision).to.equal('allow')
    configure('.git', '[core]\n\thooksPath = .hooks\n')
    expect((await judge('git status')).decision).to.equal('ask')
    configure('.git', '')
    hook('.git/hooks')
    expect((await judge('git status')).because).to.equal(
      sideEffects.runsGitSetting('post-index-change'),
    )
  })

  it('that names a file outside of the worktree requires approval', async () => {
    for (const [name, line] of [
      ['blame.ignorerevsfile', '[blame]\n\tignoreRevsFile = ../../secret.txt'],
      ['core.excludesfile', '[core]\n\texcludesFile = ~/.ssh/id_rsa'],
      ['mailmap.file', '[mailmap]\n\tfile = ../secret.txt'],
    ] as const) {
      configure('.git', `${ORDINARY}${line}\n`)
      expect((await judge('git log')).because, line).to.equal(sideEffects.runsGitSetting(name))
    }
    configure('.git', `${ORDINARY}[blame]\n\tignoreRevsFile = .git-blame-ignore-revs\n`)
    expect((await judge('git log')).decision).to.equal('allow')
  })

  it('requires approval when a file of the repository leads outside', async () => {
    const git = path.join(directory.project, '.git')
    const secret = path.join(directory.home, 'secret.txt')
    writeFileSync(secret, 'a secret\n')
    for (const name of [
      'shallow',
      'refs/heads/main',
      'info/exclude',
      'logs/HEAD',
      'BISECT_START',
    ]) {
      const link = path.join(git, name)
      mkdirSync(path.dirname(link), { recursive: true })
      // A git that writes creates a file that is missing.
      for (const target of [secret, path.join(directory.home, 'missing')]) {
        symlinkSync(target, link)
        const { because } = await judge('git status')
        expect(because, name).to.equal(sideEffects.gitReadsOutside(name))
        rmSync(link)
      }
    }
    mkdirSync(path.join(git, 'hooks'), { recursive: true })
    symlinkSync(secret, path.join(git, 'hooks/pre-commit'))
    expect((await judge('git status')).decision).to.equal('allow')
    mkdirSync(path.join(git, 'objects/info'), { recursive: true })
    writeFileSync(path.join(git, 'objects/info/alternates'), `${directory.home}/objects\n`)
    expect((await judge('git log')).because).to.equal(sideEffects.gitReadsOutside('alternates'))
  })

  it('requires approval when it makes git show the objects of another repository', async () => {
    const objects = path.join(directory.project, '.git/objects')
    const other = path.join(directory.home, 'objects')
    for (const name of ['52', 'pack', 'info'])
      mkdirSync(path.join(other, name), { recursive: true })
    writeFileSync(path.join(other, '52/2f'), '')
    mkdirSync(path.join(objects, 'info'), { recursive: true })
    for (const text of [
      `"${other.replace('objects', '\\157bjects')}"`,
      `${'\n'.repeat(300_000)}.`,
    ]) {
      writeFileSync(path.join(objects, 'info/alternates'), text)
      expect((await judge('git log')).because, text.slice(0, 9)).to.equal(
        sideEffects.gitReadsOutside('alternates'),
      )
    }
    rmSync(path.join(objects, 'info/alternates'))
    expect((await judge('git log')).decision).to.equal('allow')
    for (const name of ['52', 'pack', 'a1/b2', 'info/commit-graph']) {
      const link = path.join(objects, name)
      mkdirSync(path.dirname(link), { recursive: true })
      symlinkSync(path.join(other, '52'), link)
      expect((await judge('git show 522f')).because, name).to.equal(
        sideEffects.gitReadsOutside(`objects/${name}`),
      )
      rmSync(link)
      expect((await judge('git show 522f')).decision, name).to.equal('allow')
    }
  })

  it('requires approval when a pointer leads to another repository, which does not point back', async () => {
    const { project, home } = directory
    const git = (at: string, ...args: readonly string[]): void => {
      const who = ['-c', 'user.name=a', '-c', 'user.email=a@b']
      execFileSync('git', [...who, ...args], { cwd: at, stdio: 'ignore' })
    }
    rmSync(path.join(project, '.git'), { recursive: true })
    mkdirSync(path.join(home, 'other'))
    git(path.join(home, 'other'), 'init', '-q')
    git(path.join(home, 'other'), 'commit', '-q', '--allow-empty', '-m', 'one')
    const pointer = path.join(project, '.git')
    writeFileSync(pointer, `gitdir: ${home}/other/.git\n`)
    expect((await judge('git log')).because).to.equal(sideEffects.gitReadsOutside('.git'))
    rmSync(pointer)
    symlinkSync(path.join(home, 'other/.git'), pointer)
    expect((await judge('git log')).because).to.equal(sideEffects.gitReadsOutside('.git'))
    rmSync(pointer)
    git(path.join(home, 'other'), 'worktree', 'add', '-q', path.join(project, 'linked'))
    expect((await judge('git -C linked log')).decision).to.equal('allow')
    writeFileSync(pointer, `gitdir: ${home}/other/.git/worktrees/linked\n`)
    expect((await judge('git log')).because).to.equal(sideEffects.gitReadsOutside('.git'))
    rmSync(pointer)
    configure('.git', ORDINARY)
    writeFileSync(path.join(project, '.git/commondir'), `${home}/other/.git\n`)
    expect((await judge('git log')).because).to.equal(sideEffects.gitReadsOutside('commondir'))
  })

  it('is that of the repository which git itself finds, however its pointers are written', async () => {
    const { project } = directory
    const evil = '[filter "x"]\n\tclean = ./evil\n'
    rmSync(path.join(project, '.git'), { recursive: true })
    configure('common', evil)
    mkdirSync(path.join(project, '.git'))
    writeFileSync(path.join(project, '.git/HEAD'), 'ref: refs/heads/main\n')
    writeFileSync(path.join(project, '.git/commondir'), '../common\n')
    expect((await judge('git diff')).decision, 'common directory').to.equal('ask')
    rmSync(path.join(project, '.git'), { recursive: true })
    configure('h', ORDINARY)
    configure('h ', evil)
    for (const place of ['h', 'h ']) writeFileSync(path.join(project, place, 'gitdir'), '../.git\n')
    writeFileSync(path.join(project, '.git'), 'gitdir: h \n')
    expect((await judge('git diff')).because, 'blank').to.equal(
      sideEffects.runsGitSetting('filter.x.clean'),
    )
    writeFileSync(path.join(project, '.git'), 'gitdir: h\n')
    expect((await judge('git diff')).decision, 'harmless').to.equal('allow')
    writeFileSync(path.join(project, '.git'), 'gitdir: none\n')
    expect((await judge('git diff')).because, 'missing').to.equal(sideEffects.gitRefuses)
  })

  it('counts where git accepts what is seldom written', async () => {
    const { project } = directory
    const evil = '[filter "x"]\n\tclean = ./evil\n'
    const because = sideEffects.runsGitSetting('filter.x.clean')
    configure('.git', evil)
    rmSync(path.join(project, '.git/HEAD'))
    symlinkSync('refs/heads/main', path.join(project, '.git/HEAD'))
    expect((await judge('git status')).because, 'HEAD is a link').to.equal(because)
    rmSync(path.join(project, '.git'), { recursive: true })
    configure('h', evil)
    writeFileSync(path.join(project, 'h/gitdir'), '../.git\n')
    writeFileSync(path.join(project, '.git'), `gitdir: h${'\n'.repeat(270_000)}`)
    expect((await judge('git status')).because, 'large pointer').to.equal(because)
  })

  it('is not judged by that of a repository above what git does not take for one', async () => {
    const { project } = directory
    const at = path.join(project, 'src/sub')
    expect((await judge('cd src/sub && git status')).decision).to.equal('allow')
    mkdirSync(path.join(at, '.git'))
    expect((await judge('cd src/sub && git status')).because).to.equal(sideEffects.gitRefuses)
    writeFileSync(path.join(at, '.git/HEAD'), 'ref: refs/heads/main\n')
    writeFileSync(path.join(at, '.git/commondir'), '../later\n')
    expect((await judge('cd src/sub && git status')).because).to.equal(sideEffects.gitRefuses)
    configure('src/sub/later', '[filter "x"]\n\tclean = ./evil\n')
    expect((await judge('cd src/sub && git status')).decision).to.equal('ask')
    rmSync(path.join(at, '.git'), { recursive: true })
    symlinkSync('nowhere', path.join(at, '.git'))
    expect((await judge('cd src/sub && git status')).because).to.equal(sideEffects.gitRefuses)
    rmSync(path.join(at, '.git'))
    writeFileSync(path.join(at, 'HEAD'), 'ref: refs/heads/main\n')
    expect((await judge('cd src/sub && git status')).decision).to.equal('allow')
    writeFileSync(path.join(at, 'commondir'), 'later\n')
    expect((await judge('cd src/sub && git status')).decision).to.equal('ask')
  })

  it('can set the worktree of a submodule, but not move the files elsewhere', async () => {
    configure('.git', '[core]\n\tworktree = ../..\n')
    expect((await judge('git diff')).decision).to.equal('ask')
    configure('.git', '[core]\n\tworktree = ..\n')
    expect((await judge('git diff')).decision).to.equal('allow')
  })
})

const ORDINARY = `[core]
	repositoryformatversion = 0
	filemode = true
	hooksPath = .husky/_ ; husky
	fsmonitor = true
	sshCommand = ssh -i ~/.ssh/work
[remote "origin"]
	url = git@example.com:a/b.git
	fetch = +refs/heads/*:refs/remotes/origin/*
[branch "main"]
	remote = origin
	merge = refs/heads/main
[filter "lfs"]
	clean = git-lfs clean -- %f
	smudge = git-lfs smudge -- %f
	process = git-lfs filter-process
	required = true
[credential]
	helper = store
[lfs]
	repositoryformatversion = 0
[lfs "https://example.com/a/b.git/info/lfs"]
	access = basic
	locksverify = true
[diff "markdown"]
	xfuncname = ^#+ .*$
[branch "ветка"]
	merge = refs/heads/ветка
[hook "format"]
	event = pre-commit
	command = ./format
[submodule "vendor"]
	active = true
	url = ../vendor
[gitflow "branch"]
	master = main
[extensions]
	worktreeConfig = true
[merge]
	conflictStyle = zdiff3
[merge "npm"]
	name = a driver
[merge "ours"]
	driver = true
[branch]
	sort = -committerdate
[alias]
	st = !rm -rf /
`

/** The setting that is named, and a way to write it. */
const EXECUTABLE_SETTINGS: readonly (readonly [string, string])[] = [
  ['diff.external', '[diff]\n\texternal = ./evil'],
  ['format.pretty', '[format]\n\tpretty = %h %G?'],
  ['pretty.x', '[pretty]\n\tx = %GS'],
  ['diff.external', '[DIFF] External = "./evil"'],
  ['diff.x.command', '[diff "x"]\n\tcommand = ./evil'],
  ['diff.x.textconv', '[diff "x"]\n\ttextconv=./evil'],
  ['diff.x.textconv', '[diff.x]\n\ttextconv=./evil'],
  ['diff.a "b".textconv', '[diff "a \\"b\\""]\n\ttextconv=./evil # no comment'],
  ['filter.x.clean', '[filter "x"]\n\tclean = ./evil'],
  ['filter.x.process', '[filter "x"]\r\n\tprocess = ./evil\r'],
  ['filter.lfs.clean', '[filter "lfs"]\n\tclean = git-lfs clean -- %f && ./evil'],
  ['core.fsmonitor', '[core]\n\tfsmonitor = .git/evil'],
  ['gpg.program', '[gpg]\n\tprogram = ./evil'],
  ['gpg.ssh.program', '[gpg "ssh"]\n\tprogram = ./evil'],
  ['include.path', '[include]\n\tpath = ../evil'],
  ['includeif.gitdir:/.path', '[includeIf "gitdir:/"]\n\tpath = ../evil'],
  ['filter.x\u2028y.clean', '[filter "x\u2028y"]\n\tclean = ./evil'],
  ['includeif.onbranch:m\u2028.path', '[includeIf "onbranch:m\u2028"]\n\tpath = evil'],
  ['branch.\u200b.remote', '[branch "\u200b"]\n\tremote = x'],
  ['filter.a.b.clean', '[filter "a.b"]\n\tclean = ./evil'],
  ['diff.x.later', '[diff "x"]\n\tlater = ./evil'],
  ['core.later', '[core]\n\tlater = ./evil'],
  ['lfs.extension.x.clean', '[lfs "extension.x"]\n\tclean = ./evil'],
  ['merge.x.driver', '[merge "x"]\n\tdriver = ./evil'],
  ['branch.sort', '[branch]\n\tsort = -signature'],
  ['tag.sort', '[tag]\n\tsort = signature:grade'],
  ['lfs.storage', '[lfs]\n\tstorage = ../outside'],
  ['lfs.https://x.standalonetransferagent', '[lfs "https://x"]\n\tstandalonetransferagent = x'],
  ['hook.x.event', '[hook "x"]\n\tevent = post-index-change\n\tcommand = ./evil'],
  ['submodule.x.gitdir', '[submodule "x"]\n\tgitdir = ../outside'],
  ['extensions.refstorage', '[extensions]\n\trefStorage = files:///outside'],
  ['core.sshcommand', '[extensions]\n\tpartialClone = origin'],
  ['core.sshcommand', '[remote "origin"]\n\tpromisor = true'],
]

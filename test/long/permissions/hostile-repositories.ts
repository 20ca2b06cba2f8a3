import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'

export const GIT_AUTHOR = {
  GIT_AUTHOR_NAME: 'me',
  GIT_AUTHOR_EMAIL: 'me@example.org',
  GIT_COMMITTER_NAME: 'me',
  GIT_COMMITTER_EMAIL: 'me@example.org',
  GIT_CONFIG_GLOBAL: '/dev/null',
}

/** Puts into `repos/` of a project one repository for each way in which git can be made to run or read something. */
export function createHostileRepositories(project: string, outside: string): void {
  const evil = path.join(project, 'evil')
  const fill = (text: string): string =>
    text.replaceAll('@EVIL@', evil).replaceAll('@OUTSIDE@', outside)
  const repositories = path.join(project, 'repos')
  createRepository(path.join(repositories, 'plain'))
  for (const [name, config] of CONFIGURATIONS) {
    const directory = path.join(repositories, name)
    createRepository(directory)
    writeFileSync(path.join(directory, '.git', 'config'), fill(config), { flag: 'a' })
  }
  for (const [name, files] of GIT_FILES) {
    const directory = path.join(repositories, name)
    createRepository(directory)
    for (const [file, text] of files) {
      mkdirSync(path.dirname(path.join(directory, file)), { recursive: true })
      rmSync(path.join(directory, file), { force: true, recursive: true })
      if (text.startsWith('->')) symlinkSync(fill(text.slice(2)), path.join(directory, file))
      else writeFileSync(path.join(directory, file), fill(text))
      if (file.includes('/hooks/')) chmodSync(path.join(directory, file), 0o755)
    }
  }
  createBare(path.join(repositories, 'bare'), fill(BARE_CONFIG))
  createForgotten(
    path.join(repositories, 'forgotten'),
    fill('[core]\n\tfsmonitor = @EVIL@\n[diff]\n\texternal = @EVIL@\n'),
  )
  createNested(
    path.join(repositories, 'nested'),
    fill('[core]\n\tfsmonitor = @EVIL@\n[diff "x"]\n\ttextconv = @EVIL@\n\tcommand = @EVIL@\n'),
  )
  for (const [name, create] of MISLEADING) create(path.join(repositories, name), fill)
  linkInto(project)
}

/** Links into each of them: what is above the link is not what is above the directory. */
function linkInto(project: string): void {
  const links = path.join(project, 'into')
  mkdirSync(links)
  for (const name of hostileRepositoryNames()) {
    mkdirSync(path.join(project, 'repos', name, 'deep'), { recursive: true })
    symlinkSync(`../repos/${name}/deep`, path.join(links, name))
  }
}

/** The names of the repositories below `repos/`. */
export function hostileRepositoryNames(): readonly string[] {
  return [
    'plain',
    'bare',
    'nested',
    'forgotten',
    ...[...CONFIGURATIONS, ...GIT_FILES, ...MISLEADING].map(([name]) => name),
  ]
}

function git(directory: string, ...args: readonly string[]): void {
  execFileSync('git', args, {
    cwd: directory,
    env: { ...process.env, ...GIT_AUTHOR },
    stdio: 'pipe',
  })
}

function createRepository(directory: string, format = 'sha1'): void {
  mkdirSync(directory, { recursive: true })
  // Without sample hooks, which make copies slow.
  git(directory, 'init', '-q', '-b', 'main', '--template=', `--object-format=${format}`)
  writeFileSync(path.join(directory, 'a.x'), 'foo\n')
  writeFileSync(path.join(directory, 'b.txt'), 'foo b\n')
  writeFileSync(path.join(directory, 'c.x'), 'foo c\n')
  writeFileSync(path.join(directory, '.gitattributes'), '*.x diff=x filter=x\n')
  git(directory, 'add', '-A')
  git(directory, 'commit', '-q', '-m', 'First')
  writeFileSync(path.join(directory, 'b.txt'), 'foo b\nbar\n')
  git(directory, 'commit', '-q', '-am', 'Second')
  git(directory, 'tag', '-a', 'v1', '-m', 'Tag')
  writeFileSync(path.join(directory, 'a.x'), 'foo\nchanged\n')
  // Of the same size, so that also git status reads it.
  utimesSync(path.join(directory, 'c.x'), 1, 1)
}

/** A bare repository made of ordinary files, as a clone can contain it. */
function createBare(directory: string, config: string): void {
  createRepository(directory)
  for (const name of ['HEAD', 'objects', 'refs', 'index', 'logs'])
    renameSync(path.join(directory, '.git', name), path.join(directory, name))
  writeFileSync(path.join(directory, 'config'), config)
  rmSync(path.join(directory, '.git'), { recursive: true })
}

/** A repository that tracks another one, which has its own configuration. */
function createNested(directory: string, config: string): void {
  createRepository(directory)
  createRepository(path.join(directory, 'sub'))
  git(directory, 'add', 'sub')
  git(directory, 'commit', '-q', '-m', 'Nested')
  const file = path.join(directory, 'sub', '.git', 'config')
  writeFileSync(file, readFileSync(file, 'utf8') + config)
}

/** A repository whose earlier commits track another one, which is still there with its own configuration. */
function createForgotten(directory: string, config: string): void {
  createNested(directory, '')
  const sub = path.join(directory, 'sub')
  git(sub, 'add', 'a.x')
  git(sub, 'commit', '-q', '-m', 'Third')
  git(directory, 'add', 'sub')
  git(directory, 'commit', '-q', '-m', 'Moved')
  git(directory, 'rm', '-q', '--cached', 'sub')
  git(directory, 'commit', '-q', '-m', 'Forgotten')
  writeFileSync(path.join(sub, '.git', 'config'), config, { flag: 'a' })
}

const BARE_CONFIG = `[core]
	repositoryformatversion = 0
	bare = false
	worktree = .
	fsmonitor = @EVIL@
	pager = @EVIL@
[diff]
	external = @EVIL@
`

type Configuration = readonly [name: string, config: string]

/** Added to the configuration of a repository. */
const CONFIGURATIONS: readonly Configuration[] = [
  ['external', '[diff]\n\texternal = @EVIL@\n'],
  ['textconv', '[diff "x"]\n\ttextconv = @EVIL@\n'],
  ['command', '[diff "x"]\n\tcommand = @EVIL@\n'],
  ['cached-textconv', '[diff "x"]\n\tcachetextconv = true\n\ttextconv = @EVIL@\n'],
  ['filter', '[filter "x"]\n\tclean = @EVIL@\n\tsmudge = @EVIL@\n'],
  ['process', '[filter "x"]\n\tprocess = @EVIL@\n\trequired = true\n'],
  ['lfs', '[filter "x"]\n\tclean = git-lfs clean -- %f\n'],
  ['fsmonitor', '[core]\n\tfsmonitor = @EVIL@\n'],
  [
    'pager',
    '[core]\n\tpager = @EVIL@\n[pager]\n\tlog = @EVIL@\n\tstatus = @EVIL@\n\tbranch = @EVIL@\n\ttag = @EVIL@\n\tconfig = @EVIL@\n',
  ],
  ['hooks', '[core]\n\thooksPath = ../..\n'],
  ['worktree', '[core]\n\tworktree = @OUTSIDE@\n'],
  ['include', '[include]\n\tpath = ../../../more.cfg\n'],
  ['include-outside', '[include]\n\tpath = @OUTSIDE@/secret.txt\n'],
  ['include-if', '[includeIf "gitdir:**"]\n\tpath = ../more.cfg\n'],
  ['alias', '[alias]\n\tst = !@EVIL@\n\tlog = !@EVIL@\n\tx = !@EVIL@\n'],
  [
    'partial',
    '[core]\n\tsshCommand = @EVIL@\n[extensions]\n\tpartialClone = origin\n[remote "origin"]\n\turl = ssh://h/x\n\tpromisor = true\n',
  ],
  [
    'ext',
    '[remote "origin"]\n\turl = ext::@EVIL@\n\tpromisor = true\n\tpartialclonefilter = blob:none\n',
  ],
  ['vcs', '[remote "origin"]\n\turl = x\n\tvcs = evil\n\tuploadpack = @EVIL@\n'],
  ['gpg', '[gpg]\n\tprogram = @EVIL@\n[log]\n\tshowSignature = true\n'],
  [
    'gpg-ssh',
    '[gpg]\n\tformat = ssh\n[gpg "ssh"]\n\tprogram = @EVIL@\n\tallowedSignersFile = @OUTSIDE@/secret.txt\n',
  ],
  ['excludes', '[core]\n\texcludesFile = @OUTSIDE@/secret.txt\n'],
  ['attributes', '[core]\n\tattributesFile = @OUTSIDE@/secret.txt\n'],
  ['ignore-revisions', '[blame]\n\tignoreRevsFile = @OUTSIDE@/secret.txt\n'],
  ['mailmap', '[mailmap]\n\tfile = @OUTSIDE@/secret.txt\n'],
  ['order', '[diff]\n\torderFile = @OUTSIDE@/secret.txt\n'],
  ['template', '[commit]\n\ttemplate = @OUTSIDE@/secret.txt\n'],
  [
    'alternate',
    '[core]\n\talternateRefsCommand = @EVIL@\n\tgitProxy = @EVIL@\n\taskPass = @EVIL@\n\teditor = @EVIL@\n',
  ],
  [
    'difftool',
    '[diff]\n\ttool = x\n\tguitool = x\n[difftool "x"]\n\tcmd = @EVIL@\n[interactive]\n\tdiffFilter = @EVIL@\n',
  ],
  ['pretty', '[format]\n\tpretty = %G?%GG%h\n[pretty]\n\tx = %GG\n[gpg]\n\tprogram = @EVIL@\n'],
  [
    'submodule',
    '[diff]\n\tsubmodule = diff\n\tignoreSubmodules = none\n[status]\n\tsubmoduleSummary = true\n[submodule "sub"]\n\tactive = true\n\turl = ../sub\n\tupdate = !@EVIL@\n',
  ],
  ['trailer', '[trailer "x"]\n\tcommand = @EVIL@\n\tcmd = @EVIL@\n'],
  [
    'browser',
    '[help]\n\tformat = web\n\tbrowser = x\n\tautocorrect = immediate\n[browser "x"]\n\tcmd = @EVIL@\n[man]\n\tviewer = x\n[man "x"]\n\tcmd = @EVIL@\n',
  ],
  [
    'column',
    '[column]\n\tui = always\n[color]\n\tui = always\n\tpager = true\n[blame]\n\tcoloring = repeatedLines\n',
  ],
  [
    'merges',
    '[log]\n\tdiffMerges = remerge\n[merge "x"]\n\tdriver = @EVIL@\n[merge]\n\tdefault = x\n',
  ],
  ['upper', '[DIFF]\n\tExternal = @EVIL@\n[Core]\n\tFSMonitor = @EVIL@\n'],
  ['quoted', '[diff]external="@EVIL@"\n[core] fsmonitor = "@EVIL@" ; x\n'],
  ['continued', '[diff]\n\texter\\\nnal = @EVIL@\n\texternal = \\\n@EVIL@\n'],
  ['old-style', '[diff.x]\n\ttextconv = @EVIL@\n\tcommand = @EVIL@\n'],
  [
    'byte-order-mark',
    '\n[core]\n\tbigFileThreshold = 1\n\tuntrackedCache = true\n\tsplitIndex = true\n\tfsyncMethod = batch\n',
  ],
  [
    'trace',
    '[trace2]\n\tnormalTarget = @OUTSIDE@/trace\n\teventTarget = @OUTSIDE@/trace\n\tperfTarget = @OUTSIDE@/trace\n',
  ],
  [
    'notes',
    '[notes]\n\tdisplayRef = refs/notes/*\n[log]\n\tfollow = true\n\tmailmap = true\n[mailmap]\n\tblob = HEAD:b.txt\n',
  ],
  ['worktree-config', '[extensions]\n\tworktreeConfig = true\n'],
  [
    'reference-storage',
    '[gc]\n\tauto = 1\n\tautoDetach = false\n\trecentObjectsHook = @EVIL@\n[maintenance]\n\tauto = true\n',
  ],
  [
    'object-filter',
    '[uploadpack]\n\tpackObjectsHook = @EVIL@\n[core]\n\tpackedRefsTimeout = 0\n\tprotectHFS = false\n',
  ],
  [
    'grep',
    '[grep]\n\tpatternType = perl\n\tfullName = true\n\tfallbackToNoIndex = true\n[submodule]\n\trecurse = true\n',
  ],
]

/** Files of the repository, or links (`->target`). */
const GIT_FILES: readonly (readonly [
  name: string,
  files: readonly (readonly [file: string, text: string])[],
])[] = [
  [
    'own-worktree-config',
    [
      ['.git/config.worktree', '[diff]\n\texternal = @EVIL@\n'],
      [
        '.git/config',
        '[core]\n\trepositoryformatversion = 1\n[extensions]\n\tworktreeConfig = true\n',
      ],
    ],
  ],
  ['exclude-link', [['.git/info/exclude', '->@OUTSIDE@/secret.txt']]],
  ['attributes-link', [['.git/info/attributes', '->@OUTSIDE@/secret.txt']]],
  [
    'own-attributes-link',
    [
      ['.gitattributes', '->@OUTSIDE@/secret.txt'],
      ['.gitignore', '->@OUTSIDE@/secret.txt'],
      ['.mailmap', '->@OUTSIDE@/secret.txt'],
    ],
  ],
  ['head-link', [['.git/HEAD', '->@OUTSIDE@/secret.txt']]],
  ['config-link', [['.git/config', '->@OUTSIDE@/secret.txt']]],
  [
    'reference-link',
    [
      ['.git/refs/heads/main', '->@OUTSIDE@/secret.txt'],
      ['.git/refs/heads/x', '->@OUTSIDE@/secret.txt'],
    ],
  ],
  ['packed-link', [['.git/packed-refs', '->@OUTSIDE@/secret.txt']]],
  ['log-link', [['.git/logs/HEAD', '->@OUTSIDE@/secret.txt']]],
  ['alternates', [['.git/objects/info/alternates', '@OUTSIDE@/objects\n@OUTSIDE@/secret.txt\n']]],
  [
    'description',
    [
      ['.git/shallow', '->@OUTSIDE@/secret.txt'],
      ['.git/info/grafts', '->@OUTSIDE@/secret.txt'],
    ],
  ],
  [
    'bisect',
    [
      ['.git/BISECT_LOG', 'x\n'],
      ['.git/BISECT_START', '->@OUTSIDE@/secret.txt'],
      ['.git/rebase-merge/head-name', '->@OUTSIDE@/secret.txt'],
      ['.git/rebase-merge/onto', '->@OUTSIDE@/secret.txt'],
      ['.git/rebase-merge/done', '->@OUTSIDE@/secret.txt'],
      ['.git/rebase-merge/git-rebase-todo', '->@OUTSIDE@/secret.txt'],
    ],
  ],
  [
    'hook',
    [
      ['.git/hooks/post-index-change', '#!/bin/sh\n@EVIL@\n'],
      ['.git/hooks/fsmonitor-watchman', '#!/bin/sh\n@EVIL@\n'],
      ['.git/hooks/reference-transaction', '#!/bin/sh\n@EVIL@\n'],
    ],
  ],
  ['git-file', [['.git', 'gitdir: ../bare\n']]],
  ['git-file-outside', [['.git', 'gitdir: @OUTSIDE@\n']]],
  ['git-link', [['.git', '->../external/.git']]],
  ['common', [['.git/commondir', '../../external/.git\n']]],
  ['common-outside', [['.git/commondir', '@OUTSIDE@\n']]],
  [
    'modules',
    [
      ['.gitmodules', '[submodule "sub"]\n\tpath = sub\n\turl = -u./evil\n\tupdate = !@EVIL@\n'],
      ['.git/modules/sub/config', '[core]\n\tfsmonitor = @EVIL@\n\tworktree = ../../../sub\n'],
    ],
  ],
]

const FILTER = '[filter "x"]\n\tclean = @EVIL@\n'

type Fill = (text: string) => string

/** Repositories that git finds, or enters, where a look at the plain form finds another one or none. */
const MISLEADING: readonly (readonly [
  name: string,
  create: (directory: string, fill: Fill) => void,
])[] = [
  ['pointer-blank', (directory, fill) => pointTo(directory, 'h ', 'gitdir: h \n', fill)],
  [
    'pointer-large',
    (directory, fill) => pointTo(directory, 'h', `gitdir: h${'\n'.repeat(270_000)}`, fill),
  ],
  ['pointer-line-break', (directory, fill) => pointTo(directory, 'h\ni', 'gitdir: h\ni\n', fill)],
  [
    'common-directory',
    (directory, fill) => {
      createRepository(directory)
      configure(directory, fill(FILTER))
      const common = path.join(directory, 'common')
      mkdirSync(common)
      for (const name of ['objects', 'refs', 'config'])
        renameSync(path.join(directory, '.git', name), path.join(common, name))
      writeFileSync(path.join(directory, '.git/commondir'), '../common\n')
    },
  ],
  [
    'symbolic-head',
    (directory, fill) => {
      createRepository(directory)
      configure(directory, fill(FILTER))
      git(directory, 'pack-refs', '--all')
      rmSync(path.join(directory, '.git/HEAD'))
      symlinkSync('refs/heads/main', path.join(directory, '.git/HEAD'))
    },
  ],
  [
    'decoy',
    (directory, fill) => {
      createRepository(directory)
      configure(directory, fill(FILTER))
      for (const name of ['objects', 'refs'])
        mkdirSync(path.join(directory, 'sub/.git', name), { recursive: true })
      writeFileSync(path.join(directory, 'sub/.git/HEAD'), 'nothing\n')
    },
  ],
  [
    'line-separator',
    (directory, fill) => {
      createRepository(directory)
      writeFileSync(path.join(directory, '.gitattributes'), '*.x filter=x\u2028y\n')
      configure(directory, fill('[filter "x\u2028y"]\n\tclean = @EVIL@\n'))
    },
  ],
  [
    'directory-link',
    (directory, fill) => {
      createRepository(directory)
      mkdirSync(path.join(directory, 'sub'))
      writeFileSync(path.join(directory, 'sub/secret.txt'), 'foo\n')
      git(directory, 'add', 'sub')
      rmSync(path.join(directory, 'sub'), { recursive: true })
      symlinkSync(fill('@OUTSIDE@'), path.join(directory, 'sub'))
    },
  ],
  [
    'alternates-quoted',
    (directory, fill) => {
      createRepository(directory)
      const file = path.join(directory, '.git/objects/info/alternates')
      mkdirSync(path.dirname(file), { recursive: true })
      writeFileSync(file, fill('"@OUTSIDE@/\\157bjects"\n'))
    },
  ],
  [
    'nested-split',
    (directory, fill) => {
      createNested(directory, fill(FILTER))
      configure(directory, NESTED_IS_SHOWN)
      git(directory, 'update-index', '--split-index')
    },
  ],
  [
    'nested-mode',
    (directory, fill) => {
      createNested(directory, fill(FILTER))
      configure(directory, NESTED_IS_SHOWN)
      const file = path.join(directory, '.git/index')
      const index = readFileSync(file)
      const at = index.indexOf(Buffer.from([0, 0, 0xe0, 0]))
      // The mode 160644.
      index.set([0, 0, 0xe1, 0xa4], at)
      writeFileSync(file, index)
    },
  ],
  [
    'nested-bytes',
    (directory, fill) => {
      createNested(directory, fill(FILTER))
      const bytes = Buffer.concat([Buffer.from(`${directory}/s`), Buffer.from([0xff])])
      git(directory, 'rm', '-q', '--cached', 'sub')
      renameSync(path.join(directory, 'sub'), bytes)
      git(directory, 'add', '-A')
      configure(directory, NESTED_IS_SHOWN)
    },
  ],
  [
    'nested-deeply',
    (directory, fill) => {
      const levels = Array.from({ length: 9 }, (_, depth) =>
        path.join(directory, ...Array.from({ length: depth }, () => 'sub')),
      ).toReversed()
      for (const level of levels) createRepository(level)
      // Afterwards, since git would run the filter while it creates the outer ones.
      for (const [at, level] of levels.entries()) {
        configure(level, at === 0 ? fill(FILTER) : NESTED_IS_SHOWN)
      }
    },
  ],
  [
    'nested-sha256',
    (directory, fill) => {
      createRepository(directory, 'sha256')
      createRepository(path.join(directory, 'sub'), 'sha256')
      git(directory, 'add', 'sub')
      git(directory, 'commit', '-q', '-m', 'Nested')
      configure(directory, NESTED_IS_SHOWN)
      configure(path.join(directory, 'sub'), fill(FILTER))
    },
  ],
]

/** It beats the setting that ignores them. */
const NESTED_IS_SHOWN = '[submodule "sub"]\n\tignore = none\n'

function configure(directory: string, config: string): void {
  writeFileSync(path.join(directory, '.git/config'), config, { flag: 'a' })
}

/** A `.git` file, whose target is a repository with a filter; at the trimmed name there is a harmless one. */
function pointTo(directory: string, target: string, pointer: string, fill: Fill): void {
  createRepository(directory)
  cpSync(path.join(directory, '.git'), path.join(directory, 'h'), { recursive: true })
  configure(directory, fill(FILTER))
  rmSync(path.join(directory, target), { recursive: true, force: true })
  renameSync(path.join(directory, '.git'), path.join(directory, target))
  for (const name of ['h', target]) {
    if (existsSync(path.join(directory, name)))
      writeFileSync(path.join(directory, name, 'gitdir'), '../.git\n')
  }
  writeFileSync(path.join(directory, '.git'), pointer)
}
